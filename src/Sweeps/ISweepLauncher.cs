namespace HiEndMae.Sweeps;

/// <summary>Gets the stages of a sweep run: in processes of this machine, or as jobs of a cluster.</summary>
internal interface ISweepLauncher
{
    /// <summary>Runs or submits every stage that can run. Stages that are done, failed or under way are left alone; a stage that fails holds up only those that start from it.</summary>
    /// <param name="stages">Each after the one that it starts from.</param>
    /// <param name="parentRun">The sweep's tracked run, the parent of the stages' runs; empty where tracking is off.</param>
    /// <param name="changed">Told what runs, after every change.</param>
    /// <param name="cancel">Asks to stop.</param>
    /// <returns>How many stages are still under way, in processes that outlive this one.</returns>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    Task<int> RunAsync(IReadOnlyList<SweepStage> stages, string parentRun, Action<IReadOnlyCollection<IRunningStage>> changed, CancellationToken cancel);
}
