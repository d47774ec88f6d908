using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>A metric over all cases.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="PerClass">For each class, statistic over the cases that have it; null if none has.</param>
/// <param name="WithBackground">Statistic over the cases' means of all classes; null for metrics of surfaces.</param>
/// <param name="WithoutBackground">Statistic over the cases' means of all classes but background.</param>
public sealed record MetricSummary(ScoreMetric Metric, IReadOnlyList<Statistic?> PerClass, Statistic? WithBackground, Statistic? WithoutBackground)
{
    /// <summary>The mean that a policy asks for.</summary>
    public Statistic? Mean(ScoringPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.IncludeBackground && !Metric.IsOfSurfaces() ? WithBackground : WithoutBackground;
    }

    /// <summary>Summarises a metric.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="cases">Scores of each case; at least one.</param>
    /// <param name="bootstrapSamples">Bootstrap draws for the confidence intervals; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
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
