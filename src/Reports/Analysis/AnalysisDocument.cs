using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Imaging;

namespace HiEndMae.Reports.Analysis;

/// <summary>The content of analysis.json, for figures and tables.</summary>
internal sealed class AnalysisDocument
{
    /// <summary>Name of the file.</summary>
    public const string File = "analysis.json";

    private readonly JsonObject root;

    /// <summary>Wraps the results of <c>hiendmae analyze</c>.</summary>
    public AnalysisDocument(JsonObject root)
    {
        this.root = root;
        Models = [.. (Section("representations")?["models"] as JsonArray ?? []).OfType<JsonObject>().Select(model => new AnalysisModel(model))];
    }

    /// <summary>Models with measured layers; empty if none were requested.</summary>
    public IReadOnlyList<AnalysisModel> Models { get; }

    /// <summary>Keys of the measures, in the order they were computed.</summary>
    public IReadOnlyList<string> Measures => [.. Models.SelectMany(model => model.Layers).SelectMany(layer => (layer["measures"] as JsonObject ?? []).Select(pair => pair.Key)).Distinct()];

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="VolumeException">The file is missing or broken.</exception>
    public static AnalysisDocument Read(string folder)
    {
        string path = Path.Combine(folder, File);
        try
        {
            return new AnalysisDocument(JsonNode.Parse(System.IO.File.ReadAllText(path)) as JsonObject ?? throw new JsonException("It is not a JSON object."));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new VolumeException($"The analysis '{path}' cannot be read: {error.Message} Run 'hiendmae analyze' again.", error);
        }
    }

    /// <summary>Returns a part of the document, such as maps; null if it was not requested.</summary>
    public JsonObject? Section(string name) => root[name] as JsonObject;

    /// <summary>Returns the name of a measure in tables.</summary>
    public string Title(string measure) => Definition(measure, "title") is { Length: > 0 } title ? title : measure;

    /// <summary>Returns the unit of a measure.</summary>
    public string Unit(string measure) => Definition(measure, "unit");

    /// <summary>Returns the definition of a measure.</summary>
    public string Definition(string measure) => Definition(measure, "definition");

    private string Definition(string measure, string key) => Section("representations")?["definitions"]?[measure] is JsonObject found ? (string?)found[key] ?? "" : "";
}
