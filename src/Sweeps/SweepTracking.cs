using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Sweeps;

/// <summary>The sweep's tracked run, below which lie the runs of its stages and one for each combination. Nothing here waits for a server.</summary>
internal sealed class SweepTracking : IDisposable
{
    private readonly TrackingSession session;
    private readonly TrackedRun root;
    private readonly string experiment;
    private readonly TimeProvider clock;

    private SweepTracking(TrackingSession session, string experiment, string key, TimeProvider clock)
    {
        this.session = session;
        this.experiment = experiment;
        this.clock = clock;
        root = session.StartRun("sweep", experiment, "sweep", null, new Dictionary<string, string> { ["hiendmae.sweep"] = key });
    }

    /// <summary>The sweep's run, to be named as the parent of others.</summary>
    public string RunId => root.Id;

    /// <summary>Opens the tracking of a sweep, the run from before where the sweep is run again.</summary>
    /// <exception cref="TrackingException">The store is no MLflow database, or the same sweep is running already.</exception>
    public static SweepTracking Open(StageStore store, SweepGraph graph, RunEnvironment environment, Action<string> warn)
    {
        LoadedExperiment first = graph.Combinations[0].Experiment;
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(graph.Combinations.Select(one => one.Experiment.Fingerprint)))));
        TrackingTarget target = TrackingTarget.Parse(first.Config.Tracking.Uri, store.Output, environment.GetVariable);
        string folder = Directory.CreateDirectory(Path.Combine(store.Output, "stages", $"sweep-{key[..16]}")).FullName;
        return new SweepTracking(TrackingSession.Open(folder, target, environment.GetVariable, environment.Clock, warn), first.Config.Name, key, environment.Clock);
    }

    /// <summary>Tracks a combination that is whole; one that is tracked already is left alone.</summary>
    public void Combination(LoadedExperiment one, string folder)
    {
        TrackedRun run = session.StartRun(one.Fingerprint, experiment, one.Label, RunId, new Dictionary<string, string>
        {
            ["hiendmae.run_directory"] = folder,
            ["hiendmae.fingerprint"] = one.Fingerprint,
        });
        if (run.IsResumed) return;
        run.LogParams(TomlText.Flatten(one.Config.ToTable()).ToDictionary(entry => entry.Key, entry => entry.Value));
        DateTimeOffset now = clock.GetUtcNow();
        run.LogMetrics([.. MeanDice(folder).Select(start => new MetricPoint($"{start.Start}.dice.mean", start.Dice, 0, now))]);
        run.LogArtifact(Path.Combine(folder, "experiment.toml"));
        run.LogArtifact(Path.Combine(folder, "results.json"));
        run.Finish(RunStatus.Finished);
    }

    /// <summary>Ends the sweep's run.</summary>
    public void Finish(RunStatus status) => root.Finish(status);

    /// <summary>Sends what waits, for a limited time.</summary>
    public void Dispose() => session.Dispose();

    /// <summary>Mean Dice by start, 0 to 1, of a run directory with results.</summary>
    public static IEnumerable<(string Start, double Dice)> MeanDice(string folder)
    {
        foreach ((string start, JsonNode? evaluation) in (JsonObject?)StageStore.Read(Path.Combine(folder, "results.json"))?["evaluations"] ?? [])
        {
            if ((double?)evaluation?["mean_dice"] is { } dice) yield return (start, dice);
        }
    }
}
