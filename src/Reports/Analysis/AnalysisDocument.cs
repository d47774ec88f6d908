using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Imaging;

namespace HiEndMae.Reports.Analysis;

/// <summary>An analysis.json, as figures and tables read it.</summary>
internal sealed class AnalysisDocument
{
    /// <summary>Name of the file.</summary>
    public const string File = "analysis.json";

    private readonly JsonObject root;

    /// <summary>Wraps what <c>hiendmae analyze</c> has computed.</summary>
    public AnalysisDocument(JsonObject root)
    {
        this.root = root;
        Models = [.. (Section("representations")?["models"] as JsonArray ?? []).OfType<JsonObject>().Select(model => new AnalysisModel(model))];
    }

    /// <summary>Models with measured layers; empty where none was asked for.</summary>
    public IReadOnlyList<AnalysisModel> Models { get; }

    /// <summary>Keys of the measures, in the order they were computed.</summary>
    public IReadOnlyList<string> Measures => [.. Models.SelectMany(model => model.Layers).SelectMany(layer => (layer["measures"] as JsonObject ?? []).Select(pair => pair.Key)).Distinct()];

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="VolumeException">It is missing or broken.</exception>
    public static AnalysisDocument Read(string folder)
    {
        string path = Path.Combine(folder, File);
        try
        {
            return new AnalysisDocument(JsonNode.Parse(System.IO.File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it is no object"));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new VolumeException($"The analysis '{path}' cannot be read: {error.Message} Run 'hiendmae analyze' again.", error);
        }
    }

    /// <summary>A part of the document, such as maps; null where it was not asked for.</summary>
    public JsonObject? Section(string name) => root[name] as JsonObject;

    /// <summary>What tables call a measure.</summary>
    public string Title(string measure) => Definition(measure, "title") is { Length: > 0 } title ? title : measure;

    /// <summary>Unit of a measure.</summary>
    public string Unit(string measure) => Definition(measure, "unit");

    /// <summary>What a measure is.</summary>
    public string Definition(string measure) => Definition(measure, "definition");

    private string Definition(string measure, string key) => Section("representations")?["definitions"]?[measure] is JsonObject found ? (string?)found[key] ?? "" : "";
}
