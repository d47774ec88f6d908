using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>Creates the run directory of a combination from its finished stages: results and values of all stages, and links to their folders.</summary>
internal sealed class CombinationWriter(StageStore store, TimeProvider clock)
{
    private static readonly string[] Copied = ["model.json", "environment.json", JsonSchemaWriter.FileName];

    // Run directories by folder and fingerprint. A folder is read once, because each combination adds one run directory to it.
    private readonly Dictionary<string, Dictionary<string, List<string>>> written = new(StringComparer.Ordinal);

    /// <summary>Returns the run directory of the combination, or null if a stage has not finished.</summary>
    public string? Write(LoadedExperiment experiment, IReadOnlyList<SweepStage> stages)
    {
        string[] runs = StageRuns(stages);
        if (runs.Length < stages.Count) return null;
        string name = FileNames.Safe(experiment.Config.Name);
        List<string> same = Existing(Path.Combine(store.Output, name), experiment.Fingerprint);
        if (same.Where(run => IsOf(run, stages)).Max(StringComparer.Ordinal) is { } there) return there;
        // The folder is hidden until it is complete, so that a killed sweep leaves no partial combination.
        using RunDirectory directory = RunDirectory.CreateHidden(store.Output, name);
        directory.Write("experiment.toml", JsonSchemaWriter.Reference + experiment.ResolvedToml);
        foreach (string file in Copied)
        {
            if (runs.Select(run => Path.Combine(run, file)).LastOrDefault(File.Exists) is { } source) directory.Write(file, File.ReadAllText(source));
        }
        directory.Write("metrics.jsonl", string.Concat(runs.Select(run => Text(Path.Combine(run, "metrics.jsonl")))));
        directory.Write("log.txt", string.Concat(runs.Select(run => Text(Path.Combine(run, "log.txt")))));
        foreach (string run in runs)
        {
            foreach (string figure in Files(Path.Combine(run, "figures")))
            {
                string target = directory.File(Path.GetRelativePath(run, figure));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(figure, target, overwrite: true);
            }
            foreach (string folder in Directory.GetDirectories(run).Where(folder => Directory.Exists(Path.Combine(folder, Stage.CheckpointFolderName)))) Link(directory, folder);
        }
        directory.Write("results.json", Merge(directory, stages, runs).ToJsonString(JsonOptions.Indented));
        string published = directory.Publish(experiment.Fingerprint, clock);
        same.Add(published);
        return published;
    }

    /// <summary>Returns the run directories of the finished stages.</summary>
    public string[] StageRuns(IReadOnlyList<SweepStage> stages) => [.. stages.Select(store.FinishedRunOf).OfType<string>()];

    private JsonObject Merge(RunDirectory directory, IReadOnlyList<SweepStage> stages, string[] runs)
    {
        JsonObject[] all = [.. runs.Select(run => (JsonObject)StageStore.Read(Path.Combine(run, "results.json"))!)];
        var merged = (JsonObject)all[^1].DeepClone();
        merged.Remove("folder"); // written by earlier versions of the program
        foreach (string part in (string[])["trainings", "evaluations"])
        {
            var whole = new JsonObject();
            foreach (JsonObject one in all)
            {
                foreach ((string key, JsonNode? value) in (JsonObject?)one[part] ?? []) whole[key] = value?.DeepClone();
            }
            merged[part] = whole;
        }
        merged["stages"] = new JsonObject(stages.Zip(runs, (stage, run) => KeyValuePair.Create(NameOf(stage), (JsonNode?)Path.GetRelativePath(directory.FullPath, run))));
        string[] changes = [.. stages.Zip(runs).SelectMany(one => CodeIdentity.Read(one.Second) is { } code ? one.First.Code.ChangesSince(code) : []).Distinct()];
        if (changes.Length > 0 && merged["conditions"] is JsonObject conditions) conditions["code_changes"] = new JsonArray([.. changes.Select(change => (JsonNode)change)]);
        return merged;
    }

    private static void Link(RunDirectory directory, string folder)
    {
        string link = directory.File(Path.GetFileName(folder));
        try
        {
            Directory.CreateSymbolicLink(link, Path.GetRelativePath(directory.FullPath, folder));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The system cannot create links. results.json contains the paths of the stages.
            directory.AppendLine("log.txt", $"no link to '{folder}': {error.Message}");
        }
    }

    private List<string> Existing(string folder, string fingerprint)
    {
        if (!written.TryGetValue(folder, out Dictionary<string, List<string>>? runs))
        {
            written[folder] = runs = (Directory.Exists(folder) ? Directory.GetDirectories(folder) : []).Where(run => File.Exists(Path.Combine(run, "results.json")))
                .GroupBy(run => Text(Path.Combine(run, "fingerprint.txt")).Trim(), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        }
        if (!runs.TryGetValue(fingerprint, out List<string>? same)) runs[fingerprint] = same = [];
        return same;
    }

    // An earlier combination of the same experiment may come from stages of other code.
    private bool IsOf(string run, IReadOnlyList<SweepStage> stages) =>
        StageStore.Read(Path.Combine(run, "results.json"))?["stages"] is JsonObject from && from.Select(entry => entry.Key).ToHashSet().SetEquals(stages.Select(NameOf));

    private string NameOf(SweepStage stage) => Path.GetFileName(store.FolderOf(stage));

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    private static string[] Files(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
}
