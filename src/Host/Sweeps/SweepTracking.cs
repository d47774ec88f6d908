using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Host.Configuration;
using HiEndMae.Mlflow;

namespace HiEndMae.Host.Sweeps;

/// <summary>The sweep's tracked run, below which lie the runs of its stages and one for each combination.</summary>
internal sealed class SweepTracking
{
    private const string CombinationFile = "mlflow-run.txt";
    private readonly ITrackingStore tracking;
    private readonly TimeProvider clock;
    private readonly string experimentId;

    /// <summary>Opens the sweep's run, the one from before where the sweep is run again.</summary>
    public SweepTracking(ITrackingStore tracking, StageStore store, SweepGraph graph, TimeProvider clock)
    {
        this.tracking = tracking;
        this.clock = clock;
        string name = graph.Combinations[0].Experiment.Config.Name;
        experimentId = tracking.GetOrCreateExperiment(name);
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(graph.Combinations.Select(one => one.Experiment.Fingerprint)))));
        string file = Path.Combine(store.Output, "stages", $"sweep-{key[..16]}.txt");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known && tracking.Reopen(known))
        {
            RunId = known;
            return;
        }
        RunId = tracking.CreateRun(experimentId, "sweep", null, new Dictionary<string, string> { ["hiendmae.sweep"] = key });
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, RunId + "\n");
    }

    /// <summary>The sweep's run.</summary>
    public string RunId { get; }

    /// <summary>Tracks a combination that is whole; one that is tracked already is left alone.</summary>
    public void Combination(LoadedExperiment experiment, string folder)
    {
        string file = Path.Combine(folder, CombinationFile);
        if (File.Exists(file)) return;
        string run = tracking.CreateRun(experimentId, experiment.Label, RunId, new Dictionary<string, string>
        {
            ["hiendmae.run_directory"] = folder,
            ["hiendmae.fingerprint"] = experiment.Fingerprint,
        });
        tracking.LogParams(run, TomlText.Flatten(experiment.Config.ToTable()).ToDictionary(entry => entry.Key, entry => entry.Value));
        DateTimeOffset now = clock.GetUtcNow();
        tracking.LogMetrics(run, [.. MeanDice(folder).Select(one => new MetricPoint($"{one.Start}.dice.mean", one.Dice, 0, now))]);
        tracking.LogArtifact(run, Path.Combine(folder, "experiment.toml"), "");
        tracking.LogArtifact(run, Path.Combine(folder, "results.json"), "");
        tracking.Finish(run, RunStatus.Finished);
        File.WriteAllText(file, run + "\n");
    }

    /// <summary>Ends the sweep's run.</summary>
    public void Finish(RunStatus status) => tracking.Finish(RunId, status);

    /// <summary>Mean Dice by start, 0 to 1, of a run directory with results.</summary>
    public static IEnumerable<(string Start, double Dice)> MeanDice(string folder)
    {
        foreach ((string start, JsonNode? evaluation) in (JsonObject?)StageStore.Read(Path.Combine(folder, "results.json"))?["evaluations"] ?? [])
        {
            if ((double?)evaluation?["mean_dice"] is { } dice) yield return (start, dice);
        }
    }
}
