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

    /// <summary>Name in tables.</summary>
    public string Label { get; }

    /// <summary>Its layers, shallow first.</summary>
    public IReadOnlyList<JsonObject> Layers { get; }

    /// <summary>Names of the layers.</summary>
    public IReadOnlyList<string> LayerNames => [.. Layers.Select(layer => layer["layer"]?.ToString() ?? "")];

    /// <summary>Returns a number of a measure at a layer, such as mean; NaN if there is none.</summary>
    public double Value(int layer, string measure, string key) => Number(Summary(layer, measure)?[key]);

    /// <summary>Returns several numbers of a measure at a layer, such as by_head.</summary>
    public double[] Values(int layer, string measure, string key) => Numbers(Summary(layer, measure)?[key]);

    /// <summary>Returns the value of every crop, averaged over heads.</summary>
    public double[] Crops(int layer, string measure) =>
        [.. (Summary(layer, measure)?["values"] as JsonArray ?? []).Select(value => value is JsonArray heads ? Numbers(heads).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average() : Number(value)).Where(double.IsFinite)];

    /// <summary>Returns singular values by rank: q1, median or q3 over crops; empty if they were not measured.</summary>
    public double[] SingularValues(int layer, string quartile) => Numbers(Layers[layer]["singular_values"]?[quartile]);

    /// <summary>Returns a matrix such as cka; null if there is none.</summary>
    public double[][]? Matrix(string key) => json[key] is JsonArray rows ? [.. rows.Select(Numbers)] : null;

    private JsonNode? Summary(int layer, string measure) => layer < Layers.Count ? Layers[layer]["measures"]?[measure] : null;

    private static double[] Numbers(JsonNode? array) => array is JsonArray values ? [.. values.Select(Number)] : [];

    private static double Number(JsonNode? value) => value is JsonValue number && number.TryGetValue(out double found) ? found : double.NaN;
}
