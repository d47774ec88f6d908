using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>Stores stages in <c>OUT/stages</c>, one folder each. The name of a folder follows from everything that determines the stage, so that every sweep with the same OUT finds it.</summary>
/// <param name="output">The folder of run directories.</param>
/// <param name="acceptOtherCode">Whether to use a finished stage of other plugin builds or other numerics in place of an unfinished one.</param>
internal sealed class StageStore(string output, bool acceptOtherCode = false)
{
    private const string FailureFile = "failed.txt", ResultsFile = "results.json";

    // Results never change, so a finished stage is looked up once. Without this, the cost of a sweep grows with the square of its stages.
    private readonly ConcurrentDictionary<string, string> finished = new(StringComparer.Ordinal); // run directory by folder
    private readonly ConcurrentDictionary<string, (double Seconds, double Operations)> measured = new(StringComparer.Ordinal); // by folder
    private Dictionary<string, string>? finishedByConfig;
    private bool hasSearched;

    /// <summary>The folder of run directories.</summary>
    public string Output { get; } = Path.GetFullPath(output);

    /// <summary>Returns the folder of a stage.</summary>
    public string FolderOf(SweepStage stage)
    {
        string own = Path.Combine(Output, "stages", stage.FolderName);
        if (!acceptOtherCode || FinishedRunIn(own) is not null) return own;
        finishedByConfig ??= FinishedByConfig();
        return finishedByConfig.GetValueOrDefault(stage.ConfigKey, own);
    }

    /// <summary>Returns the log file of a stage's process.</summary>
    public string LogOf(SweepStage stage) => Path.Combine(FolderOf(stage), "job.log");

    /// <summary>Returns the status of a stage.</summary>
    public StageStatus StatusOf(SweepStage stage)
    {
        string folder = FolderOf(stage);
        if (FinishedRunIn(folder) is not null) return StageStatus.Done;
        if (File.Exists(Path.Combine(folder, FailureFile))) return StageStatus.Failed;
        return Runs(folder).Any() ? StageStatus.Unfinished : StageStatus.Missing;
    }

    /// <summary>Returns the run directory with results of a stage, or null.</summary>
    public string? FinishedRunOf(SweepStage stage) => FinishedRunIn(FolderOf(stage));

    /// <summary>Returns the run directory with results in a stage's folder, or null.</summary>
    public static string? FinishedRun(string folder) => Runs(folder).Where(RunDirectory.HasEnded).Order(StringComparer.Ordinal).LastOrDefault();

    /// <summary>Returns the reason why a stage failed; empty if it did not fail.</summary>
    public string FailureOf(SweepStage stage)
    {
        string file = Path.Combine(FolderOf(stage), FailureFile);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
    }

    /// <summary>Describes in one line why a combination is not complete: the first failed stage, or the number of finished stages. Null if no stage has started.</summary>
    /// <param name="stages">The stages of the combination.</param>
    public string? Obstacle(IReadOnlyList<SweepStage> stages)
    {
        if (stages.FirstOrDefault(stage => StatusOf(stage) == StageStatus.Failed) is { } failed) return $"{Stage.NameOf(failed.Kind)} failed: {FailureOf(failed).Split('\n')[0]}";
        int done = stages.Count(stage => StatusOf(stage) == StageStatus.Done);
        return done > 0 || stages.Any(stage => StatusOf(stage) == StageStatus.Unfinished) ? $"{done} of {stages.Count} stages have run" : null;
    }

    /// <summary>Records that a stage failed.</summary>
    public void Fail(SweepStage stage, string reason) => AtomicFile.WriteText(Path.Combine(FolderOf(stage), FailureFile), reason + "\n");

    /// <summary>Removes the record of a failure.</summary>
    public void Retry(SweepStage stage)
    {
        StageJournal.Of(FolderOf(stage)).NoteRetry();
        File.Delete(Path.Combine(FolderOf(stage), FailureFile));
    }

    /// <summary>Returns the folder of checkpoints that a fine-tuning starts from.</summary>
    /// <param name="run">A finished pre-training's run directory.</param>
    public static string StartIn(string run) => Path.Combine(run, Stage.Pretrain.CheckpointFolder);

    /// <summary>Returns the newest run directory in a stage's folder; null if there is none.</summary>
    public static string? NewestRun(string folder) => Runs(folder).OrderBy(run => Path.GetFileName(run), StringComparer.Ordinal).LastOrDefault();

    /// <summary>Writes the experiment file of a stage, which starts from the checkpoint of its predecessor.</summary>
    /// <param name="stage">The stage. If its predecessor has not finished yet, <see cref="StageStart"/> fills in its checkpoint when the stage begins.</param>
    /// <param name="operations">Operations of the stage, for estimates of other stages; null if unknown.</param>
    /// <param name="getVariable">Returns environment variables, for the tracking store.</param>
    /// <returns>The path of the experiment file.</returns>
    public string Prepare(SweepStage stage, double? operations, Func<string, string?> getVariable)
    {
        ExperimentConfig config = stage.Config;
        if (stage.Before is { } before)
            config = config with { Finetune = config.Finetune! with { Init = [FinishedRunOf(before) is { } run ? StartIn(run) : FolderOf(before)] } };
        // Stages are tracked in the store of the sweep, not in one beside each stage.
        if (TrackingSettings.Of(config, Output, getVariable)?.Target.Database is { } database) config = config with { Tracking = config.Tracking with { Uri = "sqlite:///" + database } };
        // All stages share one cache of prepared cases.
        if (config.Cache is { Store: CacheKind.Disk, IsAutomatic: true }) config = config with { Cache = config.Cache with { Dir = DataServices.AutomaticFolder(Output) } };
        string folder = Directory.CreateDirectory(FolderOf(stage)).FullName, file = Path.Combine(folder, "experiment.toml");
        AtomicFile.WriteText(file, TomlText.Document(config.ToTable()));
        AtomicFile.WriteText(Path.Combine(folder, "stage.json"), new JsonObject
        {
            ["kind"] = Stage.NameOf(stage.Kind),
            ["label"] = stage.Label,
            ["key"] = stage.Key,
            ["config_key"] = stage.ConfigKey,
            ["starts_from"] = stage.Before?.Key,
            [StageStart.FolderKey] = stage.Before is null ? null : Path.GetFileName(FolderOf(stage.Before)),
            [StageStart.ThreadsKey] = config.Threads,
            ["operations"] = operations,
            [JobRecord.ParametersKey] = new JsonObject(stage.Parameters().Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
        }.ToJsonString(JsonOptions.Indented));
        return file;
    }

    /// <summary>Returns the seconds per operation of finished stages of a kind, or null if there are none.</summary>
    public double? SecondsPerOperation(StageKind kind)
    {
        string root = Path.Combine(Output, "stages"), prefix = Stage.NameOf(kind) + "-";
        // Stages of earlier sweeps are searched once.
        if (!hasSearched && Directory.Exists(root))
        {
            foreach (string folder in Directory.GetDirectories(root)) FinishedRunIn(folder);
        }
        hasSearched = true;
        (double seconds, double operations) = (0, 0);
        foreach ((string folder, string run) in finished)
        {
            if (!Path.GetFileName(folder.AsSpan()).StartsWith(prefix)) continue;
            (double time, double cost) = measured.GetOrAdd(folder, Measure, run);
            seconds += time;
            operations += cost;
        }
        return operations > 0 && seconds > 0 ? seconds / operations : null;
    }

    /// <summary>Reads a JSON file. Returns null if it does not exist or is not JSON.</summary>
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

    private string? FinishedRunIn(string folder)
    {
        if (finished.TryGetValue(folder, out string? known)) return known;
        return FinishedRun(folder) is { } run ? finished.GetOrAdd(folder, run) : null;
    }

    // Zero if the stage does not say what it cost.
    private static (double Seconds, double Operations) Measure(string folder, string run) =>
        (double?)Read(Path.Combine(folder, "stage.json"))?["operations"] is { } cost && Read(Path.Combine(run, ResultsFile))?["trainings"] is JsonObject trainings
            ? (trainings.Sum(training => (double?)training.Value?["seconds"] ?? 0), cost) : (0, 0);

    // Finished stages by the key of their config. They are read once, because only earlier sweeps have stages of other code.
    private Dictionary<string, string> FinishedByConfig()
    {
        string root = Path.Combine(Output, "stages");
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(root)) return found;
        foreach (string folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        {
            if ((string?)Read(Path.Combine(folder, "stage.json"))?["config_key"] is { } key && FinishedRun(folder) is not null) found[key] = folder;
        }
        return found;
    }

    // STAGE/EXPERIMENT/RUN-ID.
    private static IEnumerable<string> Runs(string folder) => Directory.Exists(folder)
        ? Directory.GetDirectories(folder).SelectMany(Directory.GetDirectories).Where(run => File.Exists(Path.Combine(run, "fingerprint.txt")))
        : [];
}
