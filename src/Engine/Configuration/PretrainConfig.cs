using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Pre-training without labels.</summary>
[ConfigSection]
public sealed partial record PretrainConfig
{
    /// <summary>Fraction of patch tokens hidden from the encoder.</summary>
    [Range(0, 0.999)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Optimiser steps.</summary>
    [Range(1, int.MaxValue)]
    public required int Steps { get; init; }

    /// <summary>The pretext task.</summary>
    [Plugin(Slot.Decoder)]
    public required IComponentConfig Decoder { get; init; }

    /// <summary>Images and crops.</summary>
    public required DataConfig Data { get; init; }

    /// <summary>Optimiser.</summary>
    public OptimizerConfig Optimizer { get; init; } = new() { Beta2 = 0.95, WeightDecay = 0.05 };

    /// <summary>Learning rate by step.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Steps between two logged values.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps between two checkpoints.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int CheckpointEvery { get; init; } = 1000;
}
