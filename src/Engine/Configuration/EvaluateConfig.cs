using HiEndMae.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Configuration;

/// <summary>Sliding-window evaluation on the test split.</summary>
[ConfigSection]
public sealed partial record EvaluateConfig
{
    /// <summary>Overlap of neighbouring windows along each axis, as a fraction of the window.</summary>
    [Range(0, 0.99)]
    public double Overlap { get; init; } = 0.5;

    /// <summary>Weights of voxels where windows overlap: constant, or gaussian with the largest weight at the centre of a window.</summary>
    public WindowWeighting Weighting { get; init; } = WindowWeighting.Constant;

    /// <summary>Axes for flips at test time. The probabilities of all combinations of flips are averaged, so n axes cost 2^n passes.</summary>
    public IReadOnlyList<FlipAxis> Flips { get; init; } = [];

    /// <summary>Grid that is scored: the model's (RAS, resampled), or that of the scan's file.</summary>
    public EvaluationGrid Grid { get; init; } = EvaluationGrid.Model;

    /// <summary>Metrics besides Dice, which is always computed.</summary>
    public IReadOnlyList<ScoreMetric> Metrics { get; init; } = [ScoreMetric.Dice, ScoreMetric.Hd95];

    /// <summary>Score of an organ that is missing in the label map or in the prediction.</summary>
    public MissingOrgans Policy { get; init; } = MissingOrgans.Strict;

    /// <summary>Whether the mean Dice counts background.</summary>
    public bool IncludeBackground { get; init; } = true;

    /// <summary>Tolerance of the surface Dice, mm.</summary>
    [Range(0, 1000)]
    public double SurfaceToleranceMm { get; init; } = 2.0;

    /// <summary>Bootstrap draws for the 95 % confidence intervals of means; 0 for none.</summary>
    [Range(0, 1_000_000)]
    public int BootstrapSamples { get; init; } = 2000;

    /// <summary>Precision in which the logits of a scan are summed. float16 needs half the memory.</summary>
    public AccumulatorType AccumulateIn { get; init; } = AccumulatorType.Float32;

    /// <summary>Windows per forward pass; on a processor fewer if the outputs of a pass would take more than 64 MiB.</summary>
    [Range(1, 4096), IgnoredByFingerprint]
    public int WindowBatch { get; init; } = 4;

    partial void Check(KeyReport report)
    {
        if (Flips.Distinct().Count() < Flips.Count) report.Error(nameof(Flips), "an axis is named twice");
        if (Metrics.Distinct().Count() < Metrics.Count) report.Error(nameof(Metrics), "a metric is named twice");
    }
}
