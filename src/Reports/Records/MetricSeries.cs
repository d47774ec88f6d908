namespace HiEndMae.Reports.Records;

/// <summary>Values of a stage by step.</summary>
/// <param name="Stage">Such as pretrain, finetune-scratch.</param>
/// <param name="Key">Such as loss.</param>
/// <param name="Points">Values by step, without NaN.</param>
internal sealed record MetricSeries(string Stage, string Key, IReadOnlyList<(int Step, double Value)> Points);
