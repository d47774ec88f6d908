using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>A metric over all cases.</summary>
/// <param name="Metric">Which.</param>
/// <param name="PerClass">Over the cases that have the class; null where none has.</param>
/// <param name="WithBackground">Over the cases' means over all classes; null for metrics of surfaces.</param>
/// <param name="WithoutBackground">Over the cases' means over all classes but background.</param>
public sealed record MetricSummary(ScoreMetric Metric, IReadOnlyList<Statistic?> PerClass, Statistic? WithBackground, Statistic? WithoutBackground)
{
    /// <summary>The mean that a policy asks for.</summary>
    public Statistic? Mean(ScoringPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.IncludeBackground && !Metric.IsOfSurfaces() ? WithBackground : WithoutBackground;
    }

    /// <summary>Sums up cases.</summary>
    /// <param name="metric">Which.</param>
    /// <param name="cases">At least one.</param>
    /// <param name="bootstrapSamples">Draws for the intervals; 0 for none.</param>
    /// <param name="seed">Of the draws.</param>
    public static MetricSummary Of(ScoreMetric metric, IReadOnlyList<CaseResult> cases, int bootstrapSamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(cases);
        int classes = cases[0].Scores[metric].Count;
        return new MetricSummary(
            metric,
            [.. Enumerable.Range(0, classes).Select(k => Over(one => one.Scores[metric][k]))],
            metric.IsOfSurfaces() ? null : Over(one => one.Mean(metric, includeBackground: true)),
            Over(one => one.Mean(metric, includeBackground: false)));

        Statistic? Over(Func<CaseResult, double?> value) => Statistic.Of(cases.Select(value), bootstrapSamples, seed);
    }
}
