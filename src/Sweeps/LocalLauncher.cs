using HiEndMae.Runs.Machine;

namespace HiEndMae.Sweeps;

/// <summary>Runs stages as local processes. They end when this process ends.</summary>
/// <param name="environment">The program and its variables.</param>
/// <param name="store">The store of stages.</param>
/// <param name="jobs">Number of stages that run at a time, at least 1.</param>
/// <param name="devices">Devices that jobs use in turn; empty to use the device of the file.</param>
/// <param name="warn">Receives warnings.</param>
internal sealed class LocalLauncher(RunEnvironment environment, StageStore store, int jobs, IReadOnlyList<string> devices, Action<string> warn) : ISweepLauncher
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<SweepStage> stages, string parentRun, Action<IReadOnlyCollection<IRunningStage>> changed, CancellationToken cancel)
    {
        await new SweepScheduler(store, (stage, slot) => Start(stage, slot, parentRun), changed).RunAsync(stages, JobSlot.Of(jobs, devices, Environment.ProcessorCount), cancel);
        return 0;
    }

    private StageJob Start(SweepStage stage, JobSlot slot, string parentRun)
    {
        string file = store.Prepare(stage, StageCost.Of(stage), environment.GetVariable);
        IReadOnlyList<string> program = HostProgram.In(HostProgram.FolderOf(environment.PluginsDirectory));
        return StageJob.Start(stage, program, ["run", file, "--out", store.FolderOf(stage), "--resume", "--job", .. slot.Arguments()], parentRun, store.LogOf(stage), warn);
    }
}
