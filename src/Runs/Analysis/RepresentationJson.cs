using System.Text.Json.Nodes;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Analysis;

/// <summary>Writes measured layers as JSON, with the definitions of the numbers.</summary>
internal static class RepresentationJson
{
    private const string Intervals =
        "mean: over cases, of the mean over a case's crops and over heads. low, high: 95 % percentile interval of a bootstrap over cases, because crops of one case are not independent. "
        + "q1, median, q3: over crops. by_head: mean over crops. values: by crop, and by head where there are several. Differences are paired by crop.";

    private const string CkaDefinition =
        "minibatch CKA with the unbiased estimate of HSIC and linear kernels: a crop is a minibatch, its rows are the patch tokens of the blocks' raw outputs (class token left out) or the averaged "
        + "positions of a pyramid's levels; it may leave [0, 1] slightly";

    private const string LinearDefinition = "linear CKA: rows are all patch tokens of all crops, columns centred; it rises where there are few tokens for their width";

    /// <summary>Returns all results.</summary>
    public static JsonObject ToJson(RepresentationResult result, RepresentationRequest request)
    {
        IReadOnlyList<Measure> measures = result.Measures;
        var document = new JsonObject
        {
            ["definitions"] = new JsonObject([.. measures.Select(measure => KeyValuePair.Create(measure.Name, (JsonNode?)new JsonObject { ["title"] = measure.Title, ["unit"] = measure.Unit, ["definition"] = measure.Definition }))])
            {
                ["intervals"] = Intervals,
            },
            ["data"] = Data(result, request),
            ["models"] = new JsonArray([.. result.Models.Select(model => (JsonNode)Model(model, request))]),
            ["differences"] = Differences(result, request.Seed),
        };
        if (request.Options.Cka) document["definitions"]!["cka"] = CkaDefinition;
        if (request.Options.LinearCka) document["definitions"]!["cka_linear"] = LinearDefinition;
        return document;
    }

    /// <summary>Rounds a number to seven digits; null if it is not finite.</summary>
    internal static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value == 0 ? 0 : Math.Round(value, Math.Clamp(6 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 15))) : null;

    /// <summary>Converts numbers to an array.</summary>
    internal static JsonArray Numbers(IEnumerable<double> values) => new([.. values.Select(Number)]);

    private static JsonObject Data(RepresentationResult result, RepresentationRequest request) => new()
    {
        ["dataset"] = result.Dataset,
        ["split"] = request.Split.ToString().ToLowerInvariant(),
        ["cases"] = new JsonArray([.. result.CaseIds.Select(id => (JsonNode)id)]),
        ["crops_per_case"] = request.Crops,
        ["crop"] = Size(result.Crop),
        ["seed"] = request.Seed,
        ["mask_ratio"] = request.Options.MaskRatio,
        ["crops"] = new JsonArray([.. result.Crops.Select(crop => (JsonNode)new JsonObject
        {
            ["case"] = result.CaseIds[crop.Case],
            ["first_voxel"] = Size(crop.Start),
            ["first_voxel_mm"] = Numbers([crop.Mm.X, crop.Mm.Y, crop.Mm.Z]),
        })]),
    };

    private static JsonObject Model(MeasuredModel model, RepresentationRequest request)
    {
        var found = new JsonObject { ["label"] = model.Label, ["checkpoint"] = model.Checkpoint, ["sha256"] = model.Sha256, ["encoder"] = model.Encoder };
        if (model.Info is TokenEncoderInfo info)
        {
            found["embed_dim"] = info.EmbedDim;
            found["patch"] = Size(info.PatchSize);
            found["grid"] = Size(info.Grid);
            found["class_token"] = info.HasClassToken;
        }
        EncoderMeasures measures = model.Measures;
        found["layers"] = new JsonArray([.. measures.Layers.Select((name, layer) =>
        {
            var numbers = new JsonObject();
            foreach ((Measure measure, double[][][] values) in measures.Values) numbers[measure.Name] = Summary(values[layer], measures.Cases, request.Seed);
            var entry = new JsonObject { ["layer"] = name, ["measures"] = numbers };
            if (measures.SingularValues.Length > 0) entry["singular_values"] = Spectrum(measures.SingularValues[layer]);
            return (JsonNode)entry;
        })]);
        if (measures.Cka is { } cka) found["cka"] = Matrix(cka);
        if (measures.LinearCka is { } linear) found["cka_linear"] = Matrix(linear);
        if (measures.CkaWithReference is { } between) found["cka_with_first"] = Matrix(between);
        return found;
    }

    private static JsonObject Summary(double[][] values, IReadOnlyList<int> cases, int seed)
    {
        LayerSummary summary = LayerSummary.Of(values, cases, seed);
        JsonObject found = Interval(summary.OverCases);
        if (summary.Quartiles is { } quartiles) (found["q1"], found["median"], found["q3"]) = (Number(quartiles.Low), Number(quartiles.Median), Number(quartiles.High));
        bool byHead = summary.ByHead.Count > 1;
        if (byHead) found["by_head"] = Numbers(summary.ByHead);
        found["values"] = new JsonArray([.. values.Select(crop => byHead ? Numbers(crop) : Number(crop[0]))]);
        return found;
    }

    private static JsonObject Interval(Statistic? statistic) => new()
    {
        ["mean"] = statistic is null ? null : Number(statistic.Mean),
        ["low"] = statistic?.Low is { } low ? Number(low) : null,
        ["high"] = statistic?.High is { } high ? Number(high) : null,
        ["cases"] = statistic?.Count ?? 0,
    };

    // Quartiles over crops by rank; the values themselves are in singular-values.npy.
    private static JsonObject Spectrum(double[][] crops)
    {
        double[][] byRank = [.. Enumerable.Range(0, crops[0].Length).Select(k => crops.Select(crop => crop[k]).Order().ToArray())];
        return new JsonObject
        {
            ["q1"] = Numbers(byRank.Select(values => LayerSummary.Quantile(values, 0.25))),
            ["median"] = Numbers(byRank.Select(values => LayerSummary.Quantile(values, 0.5))),
            ["q3"] = Numbers(byRank.Select(values => LayerSummary.Quantile(values, 0.75))),
        };
    }

    // Compares every model with the first one.
    private static JsonArray Differences(RepresentationResult result, int seed)
    {
        var found = new JsonArray();
        EncoderMeasures first = result.Models[0].Measures;
        foreach (MeasuredModel model in result.Models.Skip(1).Where(model => model.Measures.Layers.SequenceEqual(first.Layers)))
        {
            foreach ((Measure measure, double[][][] values) in model.Measures.Values)
            {
                if (first.Values.FirstOrDefault(entry => entry.Measure.Name == measure.Name).Values is not { } others) continue;
                for (int layer = 0; layer < first.Layers.Count; layer++)
                {
                    JsonObject entry = Interval(LayerSummary.Difference(values[layer], others[layer], first.Cases, seed));
                    found.Add(new JsonObject([
                        KeyValuePair.Create("model", (JsonNode?)model.Label), KeyValuePair.Create("minus", (JsonNode?)result.Models[0].Label), KeyValuePair.Create("measure", (JsonNode?)measure.Name),
                        KeyValuePair.Create("layer", (JsonNode?)first.Layers[layer]), .. entry.ToArray().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())),
                    ]));
                }
            }
        }
        return found;
    }

    private static JsonArray Matrix(double[,] values) =>
        new([.. Enumerable.Range(0, values.GetLength(0)).Select(i => (JsonNode)Numbers(Enumerable.Range(0, values.GetLength(1)).Select(j => values[i, j])))]);

    private static JsonArray Size(Imaging.Size3 size) => new(size.X, size.Y, size.Z);
}
