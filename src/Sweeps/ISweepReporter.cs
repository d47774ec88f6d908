namespace HiEndMae.Sweeps;

/// <summary>Receives messages and progress of a sweep. The program implements it for a terminal.</summary>
internal interface ISweepReporter
{
    /// <summary>Shows a warning, even if other messages are not shown.</summary>
    void Warn(string message);

    /// <summary>Runs the jobs under a display.</summary>
    /// <param name="work">Runs the jobs and calls the given function after every change with the running jobs.</param>
    Task WithDisplayAsync(Func<Action<IReadOnlyCollection<IRunningStage>>, Task> work);

    /// <summary>Shows how the sweep ended. Also called for a sweep that was stopped.</summary>
    void Finished(SweepOutcome outcome);
}
