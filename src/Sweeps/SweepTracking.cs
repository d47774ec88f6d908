using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>The sweep's tracked run. Its children are the runs of its stages, and one run for each combination. Nothing here waits for a server.</summary>
internal sealed class SweepTracking : IDisposable
{
    private readonly TrackingSession? session;
    private readonly TrackedRun root;
    private readonly ExperimentChoice experiment;
    private readonly SweepGraph graph;
    private readonly string folder;
    private readonly RunEnvironment environment;
    private readonly Action<string> warn;

    private SweepTracking(TrackingSession? session, TrackingSettings? settings, string file, SweepGraph graph, string key, string folder, RunEnvironment environment, Action<string> warn)
    {
        this.session = session;
        this.graph = graph;
        this.folder = folder;
        this.environment = environment;
        this.warn = warn;
        ExperimentConfig config = graph.Combinations[0].Experiment.Config;
        experiment = settings?.Experiment ?? new ExperimentChoice(config.Name, null);
        root = TrackedRun.None;
        if (session is null) return;
        Dictionary<string, string> tags = RunTags.Of("sweep", "", config, environment.GetVariable);
        tags["hiendmae.sweep"] = key;
        string time = environment.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string name = config.Tracking.RunName.Length > 0 ? config.Tracking.RunName : $"sweep {config.Name} {time}";
        root = session.StartRun("sweep", experiment, name, null, tags, settings!.RunId);
        if (root.IsResumed) root.SetTags(tags);
        root.SetExperimentTags(config.Tracking.ExperimentTags);
        IReadOnlyList<(string Key, IReadOnlyList<string> Values)> axes = new SweepSummary([.. graph.Combinations.Select(one => one.Experiment)], []).Axes;
        root.LogParams(axes.ToDictionary(axis => $"axis.{axis.Key}", axis => string.Join(", ", axis.Values)));
        // The file is copied, because it may change while the sweep runs.
        string copy = Path.Combine(folder, "sweep.toml");
        File.Copy(file, copy, overwrite: true);
        root.LogArtifact(copy);
    }

    /// <summary>Id of the sweep's run, the parent of the other runs; empty if tracking is off.</summary>
    public string RunId => root.Id;

    /// <summary>Opens the tracking of a sweep. A repeated sweep continues its earlier run.</summary>
    /// <param name="file">The experiment file.</param>
    /// <param name="store">The store of stages.</param>
    /// <param name="graph">The sweep.</param>
    /// <param name="settings">Settings of tracking; null to track nothing.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <param name="leave">Ends the sending of waiting records at the end if it is cancelled meanwhile.</param>
    /// <exception cref="TrackingException">The store is not an MLflow database, or the same sweep is already running.</exception>
    public static SweepTracking Open(string file, StageStore store, SweepGraph graph, TrackingSettings? settings, RunEnvironment environment, Action<string> warn, CancellationToken leave)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(graph.Combinations.Select(one => one.Experiment.Fingerprint)))));
        string folder = Path.Combine(store.Output, "stages", $"sweep-{key[..16]}");
        if (settings is null) return new SweepTracking(null, null, file, graph, key, folder, environment, warn);
        Directory.CreateDirectory(folder);
        TrackingSession session = TrackingSession.Open(
            folder, settings.Target, environment.GetVariable, environment.Clock, warn, new TrackingSessionOptions { Client = settings.Client, LeaveAtEnd = leave });
        try
        {
            return new SweepTracking(session, settings, file, graph, key, folder, environment, warn);
        }
        catch
        {
            // The session has a thread, which must end if the sweep cannot start.
            session.Dispose();
            throw;
        }
    }

    /// <summary>Tracks a complete combination, with links to the runs of its stages. One that an earlier session has tracked is skipped.</summary>
    /// <param name="one">The combination.</param>
    /// <param name="combinationFolder">Its run directory.</param>
    /// <param name="stageFolders">Run directories of its stages.</param>
    public void Combination(LoadedExperiment one, string combinationFolder, IReadOnlyList<string> stageFolders)
    {
        if (session is null || session.HasFinished(one.Fingerprint)) return;
        Dictionary<string, string> tags = RunTags.Of("combination", one.Label, one.Config, environment.GetVariable);
        tags["hiendmae.run_directory"] = combinationFolder;
        tags["hiendmae.fingerprint"] = one.Fingerprint;
        TrackedRun run = session.StartRun(one.Fingerprint, experiment, one.Label.Length > 0 ? one.Label : one.Config.Name, RunId, tags);
        run.LogParams(StageParameters.Of(one.Config));
        foreach ((string start, double dice) in MeanDice(combinationFolder)) run.LogMetric($"{start}.dice.mean", dice, 0);
        var stages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string id) in stageFolders.SelectMany(SpoolSync.RunsOf).Where(entry => entry.Key != "experiment")) stages[name] = id;
        run.Link(stages);
        foreach (string file in (string[])["experiment.toml", "environment.json", "results.json", "log.txt", "metrics.jsonl"])
        {
            if (File.Exists(Path.Combine(combinationFolder, file))) run.LogArtifact(Path.Combine(combinationFolder, file));
        }
        run.Finish(RunStatus.Finished);
        new RunRecord(session.Target.RelativeTo(combinationFolder), experiment.Name, experiment.Id, experiment.Run, run.Id).Write(RunDirectory.Open(combinationFolder));
    }

    /// <summary>Ends the sweep's run with its counts, its best combination and a table of all.</summary>
    /// <param name="status">How it ended; null if its jobs continue.</param>
    /// <param name="stages">The state of its stages.</param>
    /// <param name="whole">Combinations whose stages have all run, with their run directories.</param>
    /// <param name="page">Writes the HTML report.</param>
    public void Finish(RunStatus? status, IReadOnlyList<StageStatus> stages, IReadOnlyList<(LoadedExperiment Experiment, string Folder)> whole, IResultsPage page)
    {
        if (session is null) return;
        root.LogNext("combinations.total", graph.Combinations.Count);
        root.LogNext("combinations.done", whole.Count);
        root.LogNext("stages.total", stages.Count);
        root.LogNext("stages.done", stages.Count(one => one == StageStatus.Done));
        root.LogNext("stages.failed", stages.Count(one => one == StageStatus.Failed));
        if (whole.Count > 0) LogSummary(whole, page);
        if (status is { } end) root.Finish(end);
    }

    /// <summary>Sends the waiting records for a limited time.</summary>
    public void Dispose() => session?.Dispose();

    /// <summary>Reads the mean Dice (0 to 1) by start from a run directory with results.</summary>
    public static IEnumerable<(string Start, double Dice)> MeanDice(string folder)
    {
        foreach ((string start, JsonNode? evaluation) in (JsonObject?)StageStore.Read(Path.Combine(folder, "results.json"))?["evaluations"] ?? [])
        {
            if ((double?)evaluation?["mean_dice"] is { } dice) yield return (start, dice);
        }
    }

    private void LogSummary(IReadOnlyList<(LoadedExperiment Experiment, string Folder)> whole, IResultsPage page)
    {
        var summary = new SweepSummary([.. graph.Combinations.Select(one => one.Experiment)], whole);
        string table = summary.ToMarkdown(), description = graph.Combinations[0].Experiment.Config.Description;
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["mlflow.note.content"] = description.Length > 0 ? $"{description}\n\n{table}" : table };
        if (summary.Best is { } best)
        {
            tags["hiendmae.best"] = string.Create(CultureInfo.InvariantCulture, $"{best.Experiment.Label}, {best.Start}: {100 * best.Dice:F2} % mean Dice");
            root.LogNext("best.dice.mean", best.Dice);
            root.Link(new Dictionary<string, string> { ["best"] = SpoolSync.RunsOf(folder)[best.Experiment.Fingerprint] });
        }
        root.SetTags(tags);
        try
        {
            Log("summary.md", path => AtomicFile.WriteText(path, table));
            Log("summary.csv", path => AtomicFile.WriteText(path, summary.ToCsv()));
            Log("report.html", path => page.Write([.. whole.Select(one => one.Folder)], path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UserException)
        {
            warn($"the summary of the sweep cannot be written: {error.Message}");
        }

        void Log(string name, Action<string> write)
        {
            string path = Path.Combine(folder, name);
            write(path);
            root.LogArtifact(path);
        }
    }
}
