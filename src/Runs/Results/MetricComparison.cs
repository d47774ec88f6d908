using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Results;

/// <summary>Compares one metric of two evaluations case by case.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Rows">The mean over classes first, then each class.</param>
internal sealed record MetricComparison(ScoreMetric Metric, IReadOnlyList<ComparisonRow> Rows);
