namespace HiEndMae.Engine.Configuration;

/// <summary>What both trainings are told in the same words; the records say what each key means.</summary>
public interface ITrainingConfig
{
    /// <summary>Optimiser steps, where the length is said in steps.</summary>
    int? Steps { get; }

    /// <summary>Epochs, where the length is said in epochs.</summary>
    int? Epochs { get; }

    /// <summary>Batches whose gradients are added up for one step.</summary>
    int GradAccumulation { get; }

    /// <summary>Images and crops.</summary>
    DataConfig Data { get; }

    /// <summary>Optimiser.</summary>
    OptimizerConfig Optimizer { get; }

    /// <summary>Learning rate by step.</summary>
    ScheduleConfig Schedule { get; }

    /// <summary>Steps between two logged values.</summary>
    int LogEvery { get; }

    /// <summary>Steps between two pictures.</summary>
    int FiguresEvery { get; }

    /// <summary>Steps between two checkpoints.</summary>
    int CheckpointEvery { get; }

    /// <summary>Newest checkpoints that stay.</summary>
    int KeepCheckpoints { get; }

    /// <summary>Steps between two checkpoints that stay for good.</summary>
    int KeepEvery { get; }

    /// <summary>Steps in a row with NaN or infinity after which the training stops.</summary>
    int MaxBadSteps { get; }
}
