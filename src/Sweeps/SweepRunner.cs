using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>Runs the unfinished stages of a sweep and creates the run directories of its combinations.</summary>
internal sealed class SweepRunner(RunEnvironment environment, SweepOptions options, SweepGraph graph, StageStore store, TrackingSettings? tracking, ISweepReporter reporter, IResultsPage page)
{
    /// <summary>Runs the sweep.</summary>
    /// <exception cref="OperationCanceledException">The sweep was stopped; every job has saved a checkpoint and ended.</exception>
    public async Task<SweepOutcome> RunAsync(CancellationToken cancel)
    {
        foreach (SweepStage failed in graph.Stages.Where(stage => options.RetryFailed && store.StatusOf(stage) == StageStatus.Failed)) store.Retry(failed);
        Directory.CreateDirectory(store.Output);
        using SweepTracking tracked = SweepTracking.Open(options.File, store, graph, tracking, environment, reporter.Warn);
        var whole = new WholeCombinations(graph, new CombinationWriter(store, environment.Clock), tracked);
        whole.Keep();
        RunStatus status = RunStatus.Killed;
        SweepOutcome? outcome = null;
        try
        {
            await reporter.WithDisplayAsync(changed => new SweepScheduler(store, (stage, slot) => Start(stage, slot, tracked.RunId), running =>
            {
                whole.Keep([.. running.Select(job => job.Stage)]);
                changed(running);
            }).RunAsync(graph.Stages, JobSlot.Of(options.Jobs, options.Devices, Environment.ProcessorCount), cancel));
            status = graph.Stages.All(stage => store.StatusOf(stage) == StageStatus.Done) ? RunStatus.Finished : RunStatus.Failed;
        }
        finally
        {
            // Combinations that are complete are kept and tracked, however the sweep ends.
            whole.Keep();
            outcome = new SweepOutcome(status == RunStatus.Finished, [.. whole.Folders]);
            tracked.Finish(status, [.. graph.Stages.Select(store.StatusOf)], outcome.Combinations, page);
            reporter.Finished(outcome);
        }
        return outcome;
    }

    private StageJob Start(SweepStage stage, JobSlot slot, string parentRun)
    {
        string file = store.Prepare(stage, StageCost.Of(stage), environment.GetVariable);
        return StageJob.Start(stage, Program(), ["run", file, "--out", store.FolderOf(stage), "--resume", "--job", .. slot.Arguments()], parentRun, store.LogOf(stage));
    }

    // The running program, or in tests the program beside the plugins.
    private string[] Program()
    {
        string library = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(environment.PluginsDirectory))!, "hiendmae.dll");
        string? process = Environment.ProcessPath;
        return Path.GetFileNameWithoutExtension(process) switch
        {
            "hiendmae" => [process!],
            "dotnet" => [process!, library],
            _ => ["dotnet", library],
        };
    }
}
