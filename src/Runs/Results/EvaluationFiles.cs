using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Results;

/// <summary>Writes evaluations in the form of a run's files: <c>results.json</c>, which <c>compare</c> reads, and <c>scores.csv</c>.</summary>
/// <param name="folder">Folder to write to; null writes nothing.</param>
/// <param name="labels">Names of the classes, background first.</param>
internal sealed class EvaluationFiles(string? folder, IReadOnlyList<string> labels)
{
    private readonly List<(string Name, EvaluationResult Result)> evaluations = [];
    private JsonObject about = [];

    /// <summary>Names of the classes, background first.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>The added evaluations in order.</summary>
    public IReadOnlyList<(string Name, EvaluationResult Result)> Evaluations => evaluations;

    public void Add(string name, EvaluationResult result) => evaluations.Add((name, result));

    /// <summary>Writes both files, each completely or not at all.</summary>
    /// <param name="origin">Describes what was evaluated.</param>
    public void Write(JsonObject origin)
    {
        about = origin;
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        WriteFile("results.json", ToJson().ToJsonString(JsonOptions.Indented));
        foreach ((string name, EvaluationResult result) in evaluations) WriteFile(evaluations.Count == 1 ? "scores.csv" : $"scores-{name}.csv", EvaluationCsv.Write(result, labels));
    }

    /// <summary>Returns the content of results.json. Paths are relative to its folder, so that it can be moved.</summary>
    public JsonObject ToJson()
    {
        var json = (JsonObject)about.DeepClone();
        json["evaluations"] = new JsonObject(evaluations.Select(entry => KeyValuePair.Create(entry.Name, (JsonNode?)EvaluationJson.Write(entry.Result, labels))));
        return json;
    }

    /// <summary>As <see cref="ToJson"/>, with the folder first, for the output of the program.</summary>
    public JsonObject ToPrintedJson()
    {
        var json = new JsonObject { ["folder"] = folder is null ? null : Path.GetFullPath(folder) };
        foreach ((string key, JsonNode? value) in ToJson()) json[key] = value?.DeepClone();
        return json;
    }

    private void WriteFile(string name, string text)
    {
        AtomicFile.WriteText(Path.Combine(folder!, name), text);
    }
}
