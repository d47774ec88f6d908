using System.Text.Json.Nodes;

namespace HiEndMae.Reports.Analysis;

/// <summary>A model of an analysis.</summary>
internal sealed class AnalysisModel
{
    private readonly JsonObject json;

    /// <summary>Wraps its object.</summary>
    public AnalysisModel(JsonObject json)
    {
        this.json = json;
        Label = (string?)json["label"] ?? "";
        Layers = [.. (json["layers"] as JsonArray ?? []).OfType<JsonObject>()];
    }

    /// <summary>What tables call it.</summary>
    public string Label { get; }

    /// <summary>Its layers, shallow first.</summary>
    public IReadOnlyList<JsonObject> Layers { get; }

    /// <summary>Names of the layers.</summary>
    public IReadOnlyList<string> LayerNames => [.. Layers.Select(layer => layer["layer"]?.ToString() ?? "")];

    /// <summary>A number of a measure at a layer, such as mean; NaN where there is none.</summary>
    public double Value(int layer, string measure, string key) => Number(Summary(layer, measure)?[key]);

    /// <summary>Numbers of a measure at a layer, such as by_head.</summary>
    public double[] Values(int layer, string measure, string key) => Numbers(Summary(layer, measure)?[key]);

    /// <summary>The value of every crop, a mean over heads.</summary>
    public double[] Crops(int layer, string measure) =>
        [.. (Summary(layer, measure)?["values"] as JsonArray ?? []).Select(value => value is JsonArray heads ? Numbers(heads).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average() : Number(value)).Where(double.IsFinite)];

    /// <summary>Singular values by rank: q1, median or q3 over crops; empty where they were not measured.</summary>
    public double[] SingularValues(int layer, string quartile) => Numbers(Layers[layer]["singular_values"]?[quartile]);

    /// <summary>A matrix such as cka; null where there is none.</summary>
    public double[][]? Matrix(string key) => json[key] is JsonArray rows ? [.. rows.Select(Numbers)] : null;

    private JsonNode? Summary(int layer, string measure) => layer < Layers.Count ? Layers[layer]["measures"]?[measure] : null;

    private static double[] Numbers(JsonNode? array) => array is JsonArray values ? [.. values.Select(Number)] : [];

    private static double Number(JsonNode? value) => value is JsonValue number && number.TryGetValue(out double found) ? found : double.NaN;
}
