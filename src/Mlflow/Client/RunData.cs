namespace HiEndMae.Mlflow;

/// <summary>The values of a run.</summary>
/// <param name="Metrics">The last point of each; null for none.</param>
/// <param name="Params">Parameters; null for none.</param>
/// <param name="Tags">Tags; null for none.</param>
public sealed record RunData(IReadOnlyList<MetricValue>? Metrics, IReadOnlyList<Entry>? Params, IReadOnlyList<Entry>? Tags);
