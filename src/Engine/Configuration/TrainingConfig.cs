using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>The keys that [pretrain] and [finetune] share.</summary>
public abstract record TrainingConfig
{
    /// <summary>Optimiser steps; or say epochs.</summary>
    [Range(1, int.MaxValue)]
    public int? Steps { get; init; }

    /// <summary>Epochs; each one draws every case once. Or say steps.</summary>
    [Range(1, int.MaxValue)]
    public int? Epochs { get; init; }

    /// <summary>
    /// Time, such as "10m", after which the training is complete even if steps are left. It counts waiting for data, passes and updates, over all starts of the run, and not checkpoints, validation and
    /// pictures. Results then depend on the machine. The learning rate follows the steps, so use schedule.kind = "constant" with a number of steps that is never reached.
    /// </summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Batches whose gradients are added up for one optimiser step.</summary>
    [Range(1, 65536)]
    public int GradAccumulation { get; init; } = 1;

    /// <summary>
    /// Whether the gradients of a step's batches are added by a fixed tree, so that 1, 2, 4 or more processes that share them compute the same bits. It costs the memory of log2(grad_accumulation) - 1
    /// more gradients; with two batches or fewer it costs nothing. Without it they are added one after another.
    /// </summary>
    public bool SumTree { get; init; } = true;

    /// <summary>Dataset, preparation, crops and augmentations.</summary>
    public required DataConfig Data { get; init; }

    /// <summary>Optimiser.</summary>
    public abstract OptimizerConfig Optimizer { get; init; }

    /// <summary>Learning rate by step.</summary>
    public ScheduleConfig Schedule { get; init; } = new();

    /// <summary>Steps between two logged values.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int LogEvery { get; init; } = 10;

    /// <summary>Steps between two checkpoints.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int CheckpointEvery { get; init; } = 1000;

    /// <summary>Number of newest checkpoints that are kept. At least two are a safeguard against a damaged one.</summary>
    [Range(1, 100_000), IgnoredByFingerprint]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Steps between two checkpoints that are never removed, a multiple of checkpoint_every; 0 for none.</summary>
    [Range(0, int.MaxValue), IgnoredByFingerprint]
    public int KeepEvery { get; init; }

    /// <summary>Steps between two pictures of what the model does; 0 for one at the end.</summary>
    [Range(0, int.MaxValue), IgnoredByFingerprint]
    public int FiguresEvery { get; init; }

    /// <summary>Steps in a row whose loss or gradient is NaN or infinite, after which the training stops. Such steps are never applied.</summary>
    [Range(1, int.MaxValue), IgnoredByFingerprint]
    public int MaxBadSteps { get; init; } = 10;
}
