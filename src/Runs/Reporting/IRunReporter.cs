namespace HiEndMae.Runs.Reporting;

/// <summary>Receives messages and progress of a run. The program implements it for a terminal, and without output for <c>--json</c>.</summary>
public interface IRunReporter
{
    /// <summary>Shows a message.</summary>
    void Say(string message);

    /// <summary>Shows a warning, even if other messages are not shown.</summary>
    void Warn(string message);

    /// <summary>Runs work under a progress display.</summary>
    /// <param name="title">Name of the work, such as the stage's.</param>
    /// <param name="work">Reports its progress to the display it is given.</param>
    void WithProgress(string title, Action<IProgressDisplay> work);
}
