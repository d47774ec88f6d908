using Spectre.Console;

namespace HiEndMae.Host.Sweeps;

/// <summary>What a sweep is doing: a table that is drawn again on a terminal, a line at every change elsewhere.</summary>
internal sealed class SweepProgress(HostEnvironment environment, SweepGraph graph, StageStore store, bool quiet)
{
    private readonly Dictionary<string, string> said = new(StringComparer.Ordinal);

    /// <summary>Runs work under the display.</summary>
    public async Task RunAsync(Func<Action<IReadOnlyCollection<StageJob>>, Task> work)
    {
        bool live = !quiet && environment.Console.Profile.Capabilities.Interactive && environment.Console.Profile.Out.IsTerminal;
        if (!live)
        {
            await work(Say);
            return;
        }
        await environment.Console.Live(Render([])).AutoClear(true).StartAsync(display => work(jobs => display.UpdateTarget(Render(jobs))));
    }

    private Table Render(IReadOnlyCollection<StageJob> jobs)
    {
        Table table = new Table().AddColumns("stage", "state", "");
        foreach (SweepStage stage in graph.Stages)
        {
            StageJob? job = jobs.FirstOrDefault(one => one.Stage.Key == stage.Key);
            table.AddRow(Markup.Escape(stage.Label), Markup.Escape(State(stage, job)), Markup.Escape(job?.News ?? ""));
        }
        return table;
    }

    private void Say(IReadOnlyCollection<StageJob> jobs)
    {
        if (quiet) return;
        foreach (SweepStage stage in graph.Stages)
        {
            string state = State(stage, jobs.FirstOrDefault(one => one.Stage.Key == stage.Key));
            if (said.TryGetValue(stage.Key, out string? before) && before == state) continue;
            said[stage.Key] = state;
            if (before is not null || state != "waiting") environment.Output.WriteLine($"{stage.FolderName}  {state}: {stage.Label}{Reason(stage, state)}");
        }
    }

    private string Reason(SweepStage stage, string state) => state == "failed" ? $" ({store.FailureOf(stage)}; {store.LogOf(stage)})" : "";

    private string State(SweepStage stage, StageJob? job) => job is not null ? "running" : store.StatusOf(stage) switch
    {
        StageStatus.Done => "done",
        StageStatus.Failed => "failed",
        _ => "waiting",
    };
}
