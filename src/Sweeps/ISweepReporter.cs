namespace HiEndMae.Sweeps;

/// <summary>Where a sweep tells a person what it is doing. The program implements it for a terminal.</summary>
internal interface ISweepReporter
{
    /// <summary>Warns. Warnings are shown even where everything else is quiet.</summary>
    void Warn(string message);

    /// <summary>Runs the jobs under a display.</summary>
    /// <param name="work">Calls the function it is given after every change, with the jobs that run.</param>
    Task WithDisplayAsync(Func<Action<IReadOnlyCollection<StageJob>>, Task> work);

    /// <summary>Shows how the sweep ended. It is called for a sweep that was stopped, too.</summary>
    void Finished(SweepOutcome outcome);
}
