using System.Text.Json.Nodes;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Analysis;

/// <summary>Writes the results of probes as JSON.</summary>
internal static class ProbeJson
{
    private const string Definition =
        "R2 of the part of each patch that an organ fills, predicted from the patch's token alone: ridge regression on standardised tokens with a penalty chosen by folds of the fitted cases, "
        + "and the mean of the k nearest fitted tokens (cosine of standardised tokens). Mean over organs, background left out; intervals are 95 % percentile intervals of a bootstrap over scored cases. "
        + "\"with_position\" has the place of the patch as further features, one per place. Crops are drawn around labelled voxels, without augmentation and without masking. Effective rank: exp of the entropy of the singular values of the centred tokens that were fitted.";

    /// <summary>Writes all numbers and their definitions.</summary>
    public static JsonObject ToJson(IReadOnlyList<ProbedModel> models, ProbeRequest request, IReadOnlyList<string> classes) => new()
    {
        ["what"] = "probe",
        ["definition"] = Definition,
        ["fit_split"] = request.FitSplit.ToString().ToLowerInvariant(),
        ["fit_cases"] = request.FitCases,
        ["score_split"] = request.ScoreSplit.ToString().ToLowerInvariant(),
        ["crops_per_case"] = request.Crops,
        ["seed"] = request.Seed,
        ["classes"] = new JsonArray([.. classes.Skip(1).Select(name => (JsonNode)name)]),
        ["models"] = new JsonArray([.. models.Select(model => (JsonNode)new JsonObject
        {
            ["label"] = model.Label,
            ["checkpoint"] = model.Checkpoint,
            ["layers"] = new JsonArray([.. model.Layers.Select(layer => (JsonNode)ToJson(layer))]),
            ["with_position"] = new JsonArray([.. model.WithPosition.Select(layer => (JsonNode)ToJson(layer))]),
        })]),
    };

    private static JsonObject ToJson(ProbeScore score) => new()
    {
        ["layer"] = score.Layer,
        ["ridge_r2"] = ToJson(score.Ridge, score.RidgeByClass),
        ["penalty"] = score.Penalty,
        ["knn_r2"] = ToJson(score.Nearest, score.NearestByClass),
        ["effective_rank"] = Rounded(score.EffectiveRank),
    };

    private static JsonObject ToJson(Statistic statistic, IReadOnlyList<double?> byClass) => new()
    {
        ["mean"] = Rounded(statistic.Mean),
        ["low"] = Rounded(statistic.Low),
        ["high"] = Rounded(statistic.High),
        ["by_class"] = new JsonArray([.. byClass.Select(value => (JsonNode?)Rounded(value))]),
    };

    private static double? Rounded(double? value) => value is { } known && double.IsFinite(known) ? Math.Round(known, 6) : null;
}
