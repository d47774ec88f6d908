namespace HiEndMae.Mlflow;

/// <summary>One value of one metric on the wire; NaN and infinities go as JSON strings.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Any number. A server gives infinities back as the largest numbers.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Step">The training step.</param>
public sealed record MetricValue(string Key, double Value, long Timestamp, long Step = 0);
