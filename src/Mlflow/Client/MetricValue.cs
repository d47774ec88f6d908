namespace HiEndMae.Mlflow;

/// <summary>One value of one metric in a request. NaN and infinities are sent as JSON strings.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Any number. A server returns infinities as the largest finite numbers.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Step">The training step.</param>
public sealed record MetricValue(string Key, double Value, long Timestamp, long Step = 0);
