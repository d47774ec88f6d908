namespace HiEndMae.Mlflow;

/// <summary>One value of one metric.</summary>
/// <param name="Key">Up to 250 letters, digits, spaces and <c>_ - . : /</c>, such as <c>pretrain/loss</c>.</param>
/// <param name="Value">Any number. NaN is kept. Infinities become the largest numbers, as in MLflow.</param>
/// <param name="Step">The training step.</param>
/// <param name="Time">Time of measurement, stored in milliseconds.</param>
public sealed record MetricPoint(string Key, double Value, long Step, DateTimeOffset Time);
