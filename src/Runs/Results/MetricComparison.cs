using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Results;

/// <summary>One metric of two evaluations of the same cases, paired case by case.</summary>
/// <param name="Metric">What is compared.</param>
/// <param name="Rows">The mean over classes first, then each class.</param>
internal sealed record MetricComparison(ScoreMetric Metric, IReadOnlyList<ComparisonRow> Rows);
