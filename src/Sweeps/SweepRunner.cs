using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>Runs the unfinished stages of a sweep and creates the run directories of its combinations.</summary>
internal sealed class SweepRunner(RunEnvironment environment, SweepOptions options, SweepGraph graph, StageStore store, TrackingSettings? tracking, ISweepLauncher launcher, ISweepReporter reporter, IResultsPage page)
{
    /// <summary>Runs the sweep.</summary>
    /// <exception cref="OperationCanceledException">The sweep was stopped; every job has saved a checkpoint and ended.</exception>
    public async Task<SweepOutcome> RunAsync(CancellationToken cancel)
    {
        foreach (SweepStage failed in graph.Stages.Where(stage => options.RetryFailed && store.StatusOf(stage) == StageStatus.Failed)) store.Retry(failed);
        Directory.CreateDirectory(store.Output);
        using SweepTracking tracked = SweepTracking.Open(options.File, store, graph, tracking, environment, reporter.Warn, cancel);
        var whole = new WholeCombinations(graph, new CombinationWriter(store, environment.Clock), tracked);
        // Local stages send their records themselves.
        StageSpools? spools = options.IsSlurm && tracking is not null ? new StageSpools(store, environment, reporter.Warn) : null;
        spools?.SendNew(graph.Stages, cancel);
        whole.Keep();
        RunStatus status = RunStatus.Killed;
        int underWay = 0;
        SweepOutcome? outcome = null;
        try
        {
            await reporter.WithDisplayAsync(async changed => underWay = await launcher.RunAsync(graph.Stages, tracked.RunId, running =>
            {
                whole.Keep([.. running.Select(job => job.Stage)]);
                spools?.SendNew(graph.Stages, cancel);
                changed(running);
            }, cancel));
            status = graph.Stages.All(stage => store.StatusOf(stage) == StageStatus.Done) ? RunStatus.Finished : RunStatus.Failed;
        }
        finally
        {
            if (!cancel.IsCancellationRequested) spools?.SendAll(graph.Stages, cancel);
            // Complete combinations are kept and tracked, even if the sweep fails.
            whole.Keep();
            outcome = new SweepOutcome(status == RunStatus.Finished, underWay, [.. whole.Folders]);
            // A sweep whose jobs continue has not ended. The next call continues its tracked run.
            tracked.Finish(underWay > 0 ? null : status, [.. graph.Stages.Select(store.StatusOf)], outcome.Combinations, page);
            reporter.Finished(outcome);
        }
        return outcome;
    }
}
