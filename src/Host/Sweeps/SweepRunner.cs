using HiEndMae.Host.Commands;
using HiEndMae.Host.Configuration;
using HiEndMae.Mlflow;
using Spectre.Console;

namespace HiEndMae.Host.Sweeps;

/// <summary>Runs the stages of a sweep that are not there yet, and puts its combinations together.</summary>
internal sealed class SweepRunner(HostEnvironment environment, SweepOptions options)
{
    /// <summary>Runs; returns one of <see cref="ExitCodes"/>.</summary>
    public async Task<int> RunAsync(SweepGraph graph, CancellationToken cancel)
    {
        var store = new StageStore(options.Out);
        if (options.DryRun)
        {
            SweepPlanPrinter.Print(environment, graph, store, options.Jobs, options.Json);
            return ExitCodes.Done;
        }
        foreach (SweepStage failed in graph.Stages.Where(stage => options.RetryFailed && store.StatusOf(stage) == StageStatus.Failed)) store.Retry(failed);
        Directory.CreateDirectory(store.Output);
        using SweepTracking tracked = SweepTracking.Open(store, graph, environment);
        var progress = new SweepProgress(environment, graph, store, options);
        var whole = new WholeCombinations(graph, new CombinationWriter(store, environment.Clock), tracked);
        whole.Keep();
        RunStatus status = RunStatus.Killed;
        try
        {
            await progress.RunAsync(changed => new SweepScheduler(store, (stage, slot) => Start(store, stage, slot, tracked.RunId), running =>
            {
                whole.Keep([.. running.Select(job => job.Stage)]);
                changed(running);
            }).RunAsync(graph.Stages, JobSlot.Of(options.Jobs, options.Devices, Environment.ProcessorCount), cancel));
            status = graph.Stages.All(stage => store.StatusOf(stage) == StageStatus.Done) ? RunStatus.Finished : RunStatus.Failed;
        }
        finally
        {
            // What is whole is kept and tracked, however the sweep ends.
            whole.Keep();
            var results = new SweepResults(environment, graph, store);
            foreach ((LoadedExperiment experiment, string folder) in whole.Folders) results.Add(experiment, folder);
            tracked.Finish(status);
            results.Print(options.Json);
        }
        return status == RunStatus.Finished ? ExitCodes.Done : ExitCodes.Failed;
    }

    private StageJob Start(StageStore store, SweepStage stage, JobSlot slot, string parentRun)
    {
        string file = store.Prepare(stage, StageCost.Of(stage), environment.GetVariable);
        return StageJob.Start(stage, Program(), ["run", file, "--out", store.FolderOf(stage), "--resume", "--job", .. slot.Arguments()], parentRun, store.LogOf(stage));
    }

    // The program that is running; where that is a test, the one beside the plugins.
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
