namespace HiEndMae.Sweeps;

/// <summary>Runs the stages of a sweep in local processes or as jobs of a cluster.</summary>
internal interface ISweepLauncher
{
    /// <summary>Runs or submits every stage that can run. Stages that are done, failed or running are not touched. A failed stage blocks only the stages that start from it.</summary>
    /// <param name="stages">The stages, each after the one that it starts from.</param>
    /// <param name="parentRun">The sweep's tracked run, the parent of the stages' runs; empty if tracking is off.</param>
    /// <param name="changed">Called with the running stages after every change.</param>
    /// <param name="cancel">Requests that the jobs stop.</param>
    /// <returns>The number of stages that are still running in processes that outlive this one.</returns>
    /// <exception cref="OperationCanceledException">The sweep was stopped.</exception>
    Task<int> RunAsync(IReadOnlyList<SweepStage> stages, string parentRun, Action<IReadOnlyCollection<IRunningStage>> changed, CancellationToken cancel);
}
