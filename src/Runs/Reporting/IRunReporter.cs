namespace HiEndMae.Runs.Reporting;

/// <summary>Where a run tells a person what it is doing. The program implements it for a terminal, and with no output at all for <c>--json</c>.</summary>
public interface IRunReporter
{
    /// <summary>Tells what happens, in one sentence.</summary>
    void Say(string message);

    /// <summary>Warns. Warnings are shown even where everything else is quiet.</summary>
    void Warn(string message);

    /// <summary>Runs work under a progress display.</summary>
    /// <param name="title">Name of the work, such as the stage's.</param>
    /// <param name="work">Reports its progress to the display it is given.</param>
    void WithProgress(string title, Action<IProgressDisplay> work);
}
