using System.Text.Json.Nodes;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Results;

/// <summary>An evaluation as JSON: its settings, Dice by organ and case, every metric with deviation and interval, every score of every case.</summary>
internal static class EvaluationJson
{
    /// <param name="evaluation">What to write.</param>
    /// <param name="labels">Names of the classes, background first.</param>
    public static JsonObject Write(EvaluationResult evaluation, IReadOnlyList<string> labels)
    {
        EvaluationSettings settings = evaluation.Settings;
        return new JsonObject
        {
            ["mean_dice"] = Number(evaluation.Mean),
            ["includes_background"] = evaluation.IncludesBackground,
            ["dice"] = Named(labels, evaluation.PerClass),
            ["cases"] = new JsonObject(evaluation.Cases.Select(one => KeyValuePair.Create(one.Case, (JsonNode?)Named(labels, one.Dice)))),
            ["settings"] = new JsonObject
            {
                ["policy"] = settings.Policy.MissingOrgans.ToString().ToLowerInvariant(),
                ["include_background"] = settings.Policy.IncludeBackground,
                ["surface_tolerance_mm"] = settings.Policy.SurfaceToleranceMm,
                ["cases"] = settings.Cases,
                ["inference"] = settings.Inference,
                ["words"] = settings.Policy.Describe(),
            },
            ["metrics"] = new JsonObject(evaluation.Summaries.Select(summary => KeyValuePair.Create(summary.Metric.Key(), (JsonNode?)Summary(summary, labels, settings.Policy)))),
            ["scores"] = new JsonObject(evaluation.Cases.Select(one => KeyValuePair.Create(one.Case, (JsonNode?)Scores(one, labels)))),
        };
    }

    /// <summary>Converts a score to JSON: infinity becomes the text "inf", and a value that is not scored becomes null.</summary>
    public static JsonNode? Number(double? value) => value switch
    {
        null => null,
        double.PositiveInfinity => "inf",
        { } number => double.IsFinite(number) ? JsonValue.Create(number) : null,
    };

    /// <summary>The inverse of <see cref="Number"/>.</summary>
    public static double? Read(JsonNode? value) => value switch
    {
        null => null,
        JsonValue text when text.TryGetValue(out string? word) => word == "inf" ? double.PositiveInfinity : null,
        _ => (double?)value,
    };

    private static JsonObject Summary(MetricSummary summary, IReadOnlyList<string> labels, ScoringPolicy policy)
    {
        var json = new JsonObject
        {
            ["organs"] = new JsonObject(summary.PerClass.Select((statistic, label) => KeyValuePair.Create(labels[label], (JsonNode?)Of(statistic)))),
            ["mean"] = Of(summary.Mean(policy)),
            ["mean_without_background"] = Of(summary.WithoutBackground),
        };
        if (!summary.Metric.IsOfSurfaces()) json["mean_with_background"] = Of(summary.WithBackground);
        return json;
    }

    private static JsonObject? Of(Statistic? statistic) => statistic is null ? null : new JsonObject
    {
        ["count"] = statistic.Count,
        ["mean"] = Number(statistic.Mean),
        ["std"] = Number(statistic.StandardDeviation),
        ["ci95_low"] = Number(statistic.Low),
        ["ci95_high"] = Number(statistic.High),
    };

    private static JsonObject Scores(CaseResult result, IReadOnlyList<string> labels) => new(labels.Select((name, label) =>
    {
        var json = new JsonObject(result.Scores.Select(entry => KeyValuePair.Create(entry.Key.Key(), Number(entry.Value[label]))))
        {
            ["truth_ml"] = Math.Round(result.TruthMl[label], 3),
            ["predicted_ml"] = Math.Round(result.PredictedMl[label], 3),
        };
        return KeyValuePair.Create(name, (JsonNode?)json);
    }));

    private static JsonObject Named(IReadOnlyList<string> labels, IReadOnlyList<double?> values) =>
        new(values.Select((value, label) => KeyValuePair.Create(labels[label], Number(value))));
}
