using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Fine-tuning to segmentation, once per start.</summary>
[ConfigSection]
public sealed partial record FinetuneConfig : ITrainingConfig
{
    /// <summary>
    /// Starts to compare: "scratch", "pretrain" (this experiment's own pre-training), paths of checkpoints, or models in MLflow: runs:/RUN_ID/PATH,
    /// models:/NAME/VERSION, models:/NAME@ALIAS.
    /// </summary>
    [NotEmpty, Path("scratch", "pretrain", "runs:/", "models:/")]
    public IReadOnlyList<string> Init { get; init; } = ["pretrain"];

    /// <summary>Optimiser steps; or say epochs.</summary>
    [Range(1, int.MaxValue)]
    public int? Steps { get; init; }

    /// <summary>Epochs, each of which draws every case once; or say steps.</summary>
    [Range(1, int.MaxValue)]
    public int? Epochs { get; init; }

    /// <summary>Batches whose gradients are added up for one optimiser step.</summary>
    [Range(1, 65536)]
    public int GradAccumulation { get; init; } = 1;

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

    /// <summary>Dice on the validation split by which the best checkpoint is chosen; left out, nothing is validated and the last one counts.</summary>
    public ValidationConfig? Validation { get; init; }

    /// <summary>Factor on the encoder's learning rate.</summary>
    [Range(0, 1000)]
    public double EncoderLrScale { get; init; } = 1;

    /// <summary>Factor on the learning rate from each encoder block to the one before it, such as 0.75; 1 for one rate.</summary>
    [Range(0.01, 1)]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Whether the encoder stays as it is and only the head is trained.</summary>
    public bool FreezeEncoder { get; init; }
}
