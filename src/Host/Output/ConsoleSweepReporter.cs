using System.Globalization;
using HiEndMae.Runs.Reporting;
using HiEndMae.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace HiEndMae.Host.Output;

/// <summary>Shows the progress of a sweep: on a terminal a live table of running and failed stages, otherwise a line for every change.</summary>
internal sealed class ConsoleSweepReporter(HostEnvironment environment, SweepGraph graph, StageStore store, SweepOptions options) : ISweepReporter
{
    private readonly Dictionary<string, string> said = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> started = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, double?>? costs;
    private SweepEstimate? estimate;
    private int numRunning;

    // SLURM decides how many jobs run at a time, so those that run now count.
    private int NumJobs => options.IsSlurm ? Math.Max(1, numRunning) : options.Jobs;

    public void Warn(string message) => environment.Error.WriteLine($"warning: {message}");

    /// <summary>Writes a message about the sweep, to standard error if the output is JSON.</summary>
    public void Say(string message) => (options.Json ? environment.Error : environment.Output).WriteLine(message);

    public void Finished(SweepOutcome outcome) => new SweepResults(environment, graph, store).Print(outcome, options.Json);

    public async Task WithDisplayAsync(Func<Action<IReadOnlyCollection<IRunningStage>>, Task> work)
    {
        bool live = !options.Json && environment.Console.Profile.Capabilities.Interactive && environment.Console.Profile.Out.IsTerminal;
        if (!live)
        {
            await work(SayChanges);
            return;
        }
        await environment.Console.Live(Render([])).AutoClear(true).StartAsync(display => work(jobs => display.UpdateTarget(Render(jobs))));
    }

    // A table of all stages would not fit on the screen, so waiting and finished stages are only counted.
    private Rows Render(IReadOnlyCollection<IRunningStage> jobs)
    {
        bool changed = false;
        HashSet<string> running = KeysOf(jobs);
        numRunning = running.Count;
        foreach (SweepStage stage in graph.Stages) changed |= Note(stage, StateOf(stage, running)) is not null;
        if (changed || estimate is null) estimate = Estimate(); // drawn every second, but estimated only after a change
        Table table = new Table().AddColumns("stage", "state", "");
        foreach (IRunningStage job in jobs) table.AddRow(Markup.Escape(job.Stage.Label), $"running {Elapsed(job.Stage)}", Markup.Escape(job.News));
        foreach (SweepStage stage in graph.Stages.Where(stage => said[stage.Key] == "failed")) table.AddRow(Markup.Escape(stage.Label), "failed", Markup.Escape(store.FailureOf(stage)));
        int waiting = said.Values.Count(state => state == "waiting");
        string left = estimate.Left(NumJobs);
        return new Rows((IRenderable[])[table, new Text(string.Create(CultureInfo.InvariantCulture,
            $"{estimate.NumDone} of {graph.Stages.Count} stages done, {waiting} waiting{(left.Length > 0 ? $"; {left}" : "")}"))]);
    }

    private void SayChanges(IReadOnlyCollection<IRunningStage> jobs)
    {
        if (options.Json) return;
        HashSet<string> running = KeysOf(jobs);
        numRunning = running.Count;
        foreach (SweepStage stage in graph.Stages)
        {
            if (Note(stage, StateOf(stage, running)) is { } state) environment.Output.WriteLine($"{stage.FolderName}  {state}: {stage.Label}{Remark(stage, state)}");
        }
    }

    // The new state, or null if it has not changed or is not worth a line.
    private string? Note(SweepStage stage, string state)
    {
        if (said.TryGetValue(stage.Key, out string? before) && before == state) return null;
        said[stage.Key] = state;
        if (state == "running") started[stage.Key] = environment.Runs.Clock.GetTimestamp();
        return before is null && state == "waiting" ? null : state;
    }

    private string Remark(SweepStage stage, string state)
    {
        if (state == "failed") return $" ({store.FailureOf(stage)}; {store.LogOf(stage)})";
        // A stage that was finished before this sweep began needs no time.
        if (state != "done" || !started.ContainsKey(stage.Key)) return "";
        SweepEstimate now = Estimate();
        string left = now.Left(NumJobs);
        return string.Create(CultureInfo.InvariantCulture, $" (in {Elapsed(stage)}; {now.NumDone} of {graph.Stages.Count} stages done{(left.Length > 0 ? $", {left}" : "")})");
    }

    private SweepEstimate Estimate() => SweepEstimate.Of(graph, store, costs ??= SweepEstimate.CostsOf(graph));

    private string Elapsed(SweepStage stage) => Duration.Text(environment.Runs.Clock.GetElapsedTime(started[stage.Key]));

    private static HashSet<string> KeysOf(IReadOnlyCollection<IRunningStage> jobs) => jobs.Select(job => job.Stage.Key).ToHashSet(StringComparer.Ordinal);

    private string StateOf(SweepStage stage, HashSet<string> running) => running.Contains(stage.Key) ? "running" : store.StatusOf(stage) switch
    {
        StageStatus.Done => "done",
        StageStatus.Failed => "failed",
        _ => "waiting",
    };
}
