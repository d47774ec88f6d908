using HiEndMae.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Configuration;

/// <summary>Sliding-window evaluation on the test split.</summary>
[ConfigSection]
public sealed partial record EvaluateConfig
{
    /// <summary>Part of a window that its neighbour covers again, per axis.</summary>
    [Range(0, 0.99)]
    public double Overlap { get; init; } = 0.5;

    /// <summary>How overlapping windows are averaged: every voxel alike, or those near a window's centre more.</summary>
    public WindowWeighting Weighting { get; init; } = WindowWeighting.Constant;

    /// <summary>Axes that windows are flipped along; the probabilities of every combination of flips are averaged, so that n axes cost 2^n passes.</summary>
    public IReadOnlyList<FlipAxis> Flips { get; init; } = [];

    /// <summary>Grid that is scored: the model's (RAS, resampled), or the scan's own.</summary>
    public EvaluationGrid Grid { get; init; } = EvaluationGrid.Model;

    /// <summary>Metrics beside Dice, which is always there.</summary>
    public IReadOnlyList<ScoreMetric> Metrics { get; init; } = [ScoreMetric.Dice, ScoreMetric.Hd95];

    /// <summary>What an organ counts that the truth or the prediction lacks.</summary>
    public MissingOrgans Policy { get; init; } = MissingOrgans.Strict;

    /// <summary>Whether the mean Dice counts background.</summary>
    public bool IncludeBackground { get; init; } = true;

    /// <summary>Tolerance of the surface Dice, mm.</summary>
    [Range(0, 1000)]
    public double SurfaceToleranceMm { get; init; } = 2.0;

    /// <summary>Draws of the bootstrap that gives means their 95 % intervals; 0 for none.</summary>
    [Range(0, 1_000_000)]
    public int BootstrapSamples { get; init; } = 2000;

    /// <summary>Precision that a scan's logits are summed in; float16 needs half the memory.</summary>
    public AccumulatorType AccumulateIn { get; init; } = AccumulatorType.Float32;

    /// <summary>Windows per forward pass.</summary>
    [Range(1, 4096), IgnoredByFingerprint]
    public int WindowBatch { get; init; } = 4;

    partial void Check(KeyReport report)
    {
        if (Flips.Distinct().Count() < Flips.Count) report.Error(nameof(Flips), "an axis is named twice");
        if (Metrics.Distinct().Count() < Metrics.Count) report.Error(nameof(Metrics), "a metric is named twice");
    }
}
