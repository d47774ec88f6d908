using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Fine-tuning to segmentation, once per start.</summary>
[ConfigSection]
public sealed partial record FinetuneConfig
{
    /// <summary>Starts to compare: "scratch", "pretrain" (this experiment's own pre-training), or paths of checkpoints.</summary>
    [NotEmpty, Path("scratch", "pretrain")]
    public IReadOnlyList<string> Init { get; init; } = ["pretrain"];

    /// <summary>Optimiser steps.</summary>
    [Range(1, int.MaxValue)]
    public required int Steps { get; init; }

    /// <summary>The segmentation head.</summary>
    [Plugin(Slot.Head)]
    public required IComponentConfig Head { get; init; }

    /// <summary>Labelled images and crops.</summary>
    public required DataConfig Data { get; init; }

    /// <summary>Labelled training cases used, in the dataset's order; 0 for all, 1 for one-shot.</summary>
    [Range(0, int.MaxValue)]
    public int NumCases { get; init; }

    /// <summary>Optimiser.</summary>
    public OptimizerConfig Optimizer { get; init; } = new() { Beta2 = 0.999, WeightDecay = 1e-5 };

    /// <summary>Learning rate by step.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Steps between two logged values.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps between two checkpoints.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int CheckpointEvery { get; init; } = 1000;
}
