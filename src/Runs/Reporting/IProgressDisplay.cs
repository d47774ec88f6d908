namespace HiEndMae.Runs.Reporting;

/// <summary>Shows the progress of a piece of work.</summary>
public interface IProgressDisplay
{
    /// <summary>Shows the present state.</summary>
    /// <param name="done">Steps or cases that are done.</param>
    /// <param name="total">Steps or cases in all.</param>
    /// <param name="detail">A short text, such as "loss 0.812, 35.1 volumes/s".</param>
    /// <param name="left">Estimated time left.</param>
    void Report(int done, int total, string detail, TimeSpan left);
}
