namespace HiEndMae.Reports.Records;

/// <summary>Values of a stage by step.</summary>
/// <param name="Stage">Name of the stage, such as pretrain or finetune-scratch.</param>
/// <param name="Key">Name of the metric, such as loss.</param>
/// <param name="Points">Values by step, without NaN.</param>
internal sealed record MetricSeries(string Stage, string Key, IReadOnlyList<(int Step, double Value)> Points);
