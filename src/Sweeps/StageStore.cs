using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>Finished and unfinished stages below <c>OUT/stages</c>, one folder each, named by what determines them: any sweep of the same OUT finds them again.</summary>
/// <param name="output">The folder of run directories.</param>
internal sealed class StageStore(string output)
{
    private const string FailureFile = "failed.txt", ResultsFile = "results.json";

    /// <summary>The folder of run directories.</summary>
    public string Output { get; } = Path.GetFullPath(output);

    /// <summary>The stage's folder.</summary>
    public string FolderOf(SweepStage stage) => Path.Combine(Output, "stages", stage.FolderName);

    /// <summary>What the stage's process said.</summary>
    public string LogOf(SweepStage stage) => Path.Combine(FolderOf(stage), "job.log");

    /// <summary>How far it is.</summary>
    public StageStatus StatusOf(SweepStage stage)
    {
        string folder = FolderOf(stage);
        if (FinishedRun(folder) is not null) return StageStatus.Done;
        if (File.Exists(Path.Combine(folder, FailureFile))) return StageStatus.Failed;
        return Runs(folder).Any() ? StageStatus.Unfinished : StageStatus.Missing;
    }

    /// <summary>The run directory with results below a stage's folder; null where there is none.</summary>
    public static string? FinishedRun(string folder) => Runs(folder).Where(run => File.Exists(Path.Combine(run, ResultsFile))).Order(StringComparer.Ordinal).LastOrDefault();

    /// <summary>Why it failed; empty where it did not.</summary>
    public string FailureOf(SweepStage stage)
    {
        string file = Path.Combine(FolderOf(stage), FailureFile);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
    }

    /// <summary>What keeps a combination from being whole, said in a line: the first stage that failed, or how many have run; null where none has begun.</summary>
    /// <param name="stages">The combination's.</param>
    public string? Obstacle(IReadOnlyList<SweepStage> stages)
    {
        if (stages.FirstOrDefault(stage => StatusOf(stage) == StageStatus.Failed) is { } failed) return $"{Stage.NameOf(failed.Kind)} failed: {FailureOf(failed).Split('\n')[0]}";
        int done = stages.Count(stage => StatusOf(stage) == StageStatus.Done);
        return done > 0 || stages.Any(stage => StatusOf(stage) == StageStatus.Unfinished) ? $"{done} of {stages.Count} stages have run" : null;
    }

    /// <summary>Notes that it failed.</summary>
    public void Fail(SweepStage stage, string reason) => AtomicFile.WriteText(Path.Combine(FolderOf(stage), FailureFile), reason + "\n");

    /// <summary>Forgets that it failed.</summary>
    public void Retry(SweepStage stage) => File.Delete(Path.Combine(FolderOf(stage), FailureFile));

    /// <summary>Writes the experiment that runs the stage, which starts from what its predecessor left.</summary>
    /// <param name="stage">The stage; its predecessor has finished.</param>
    /// <param name="operations">What it costs, for estimates of others; null where that is not known.</param>
    /// <param name="getVariable">Reads the environment, for the tracking store.</param>
    /// <returns>The experiment's file.</returns>
    public string Prepare(SweepStage stage, double? operations, Func<string, string?> getVariable)
    {
        ExperimentConfig config = stage.Config;
        if (stage.Before is { } before)
            config = config with { Finetune = config.Finetune! with { Init = [Path.Combine(FinishedRun(FolderOf(before))!, Stage.Pretrain.CheckpointFolder)] } };
        // Into the sweep's own store, not one beside each stage.
        if (TrackingSettings.Of(config, Output, getVariable)?.Target.Database is { } database) config = config with { Tracking = config.Tracking with { Uri = "sqlite:///" + database } };
        // Nor is a case prepared once for each stage.
        if (config.Cache is { Store: CacheKind.Disk, IsAutomatic: true }) config = config with { Cache = config.Cache with { Dir = DataServices.AutomaticFolder(Output) } };
        string folder = Directory.CreateDirectory(FolderOf(stage)).FullName, file = Path.Combine(folder, "experiment.toml");
        AtomicFile.WriteText(file, TomlText.Document(config.ToTable()));
        AtomicFile.WriteText(Path.Combine(folder, "stage.json"), new JsonObject
        {
            ["kind"] = Stage.NameOf(stage.Kind),
            ["label"] = stage.Label,
            ["key"] = stage.Key,
            ["starts_from"] = stage.Before?.Key,
            ["operations"] = operations,
            [JobRecord.ParametersKey] = new JsonObject(stage.Parameters().Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        }.ToJsonString(JsonOptions.Indented));
        return file;
    }

    /// <summary>Seconds per operation of the stages of a kind that have finished here; null where none has.</summary>
    public double? SecondsPerOperation(StageKind kind)
    {
        (double seconds, double operations) = (0, 0);
        string root = Path.Combine(Output, "stages");
        if (!Directory.Exists(root)) return null;
        foreach (string folder in Directory.GetDirectories(root, Stage.NameOf(kind) + "-*"))
        {
            if (FinishedRun(folder) is not { } run || Read(Path.Combine(folder, "stage.json"))?["operations"]?.GetValue<double>() is not { } cost) continue;
            operations += cost;
            seconds += Read(Path.Combine(run, ResultsFile))?["trainings"]?.AsObject().Sum(training => (double?)training.Value?["seconds"] ?? 0) ?? 0;
        }
        return operations > 0 && seconds > 0 ? seconds / operations : null;
    }

    /// <summary>A JSON file; null where it is not there or is none.</summary>
    public static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    // STAGE/EXPERIMENT/RUN-ID.
    private static IEnumerable<string> Runs(string folder) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder).SelectMany(Directory.GetDirectories).Where(run => File.Exists(Path.Combine(run, "fingerprint.txt")))
        : [];
}
