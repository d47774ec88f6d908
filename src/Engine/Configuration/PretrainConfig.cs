using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Pre-training without labels.</summary>
[ConfigSection]
public sealed partial record PretrainConfig : ITrainingConfig
{
    /// <summary>Fraction of patch tokens hidden from the encoder.</summary>
    [Range(0, 0.999)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Optimiser steps; or say epochs.</summary>
    [Range(1, int.MaxValue)]
    public int? Steps { get; init; }

    /// <summary>Epochs, each of which draws every case once; or say steps.</summary>
    [Range(1, int.MaxValue)]
    public int? Epochs { get; init; }

    /// <summary>Batches whose gradients are added up for one optimiser step.</summary>
    [Range(1, 65536)]
    public int GradAccumulation { get; init; } = 1;

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

    /// <summary>Newest checkpoints that stay; one more than the last, in case that one is torn.</summary>
    [Range(1, 100_000), IgnoredByFingerprint]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Steps between two checkpoints that stay for good, a multiple of checkpoint_every; 0 for none.</summary>
    [Range(0, int.MaxValue), IgnoredByFingerprint]
    public int KeepEvery { get; init; }

    /// <summary>Steps between two pictures of what the model does; 0 for one at the end.</summary>
    [Range(0, int.MaxValue), IgnoredByFingerprint]
    public int FiguresEvery { get; init; }

    /// <summary>Steps in a row whose loss or gradient is NaN or infinite, after which the training stops; such steps are never applied.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int MaxBadSteps { get; init; } = 10;
}
