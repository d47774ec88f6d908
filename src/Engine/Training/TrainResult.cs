using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training;

/// <summary>How a training ended.</summary>
/// <param name="Steps">Optimiser steps done.</param>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Elapsed">Wall time of this process.</param>
/// <param name="Seconds">Time by phase, summed over all processes that trained.</param>
public sealed record TrainResult(int Steps, string Checkpoint, TimeSpan Elapsed, IReadOnlyDictionary<StepPhase, double> Seconds)
{
    /// <summary>Precision of the forward passes.</summary>
    public Precision Precision { get; init; }

    /// <summary>The mean loss that was logged last; NaN if no logged step had a finite one.</summary>
    public double LastLoss { get; init; } = double.NaN;

    /// <summary>Why the training ended before its last step; null if it did not.</summary>
    public string? EndReason { get; init; }

    /// <summary>Steps that were not applied because of NaN or infinity.</summary>
    public int BadSteps { get; init; }

    /// <summary>Steps whose loss stood out from the ones before.</summary>
    public int LossSpikes { get; init; }

    /// <summary>Best mean Dice on the validation split, and its step; null if nothing was validated.</summary>
    public (double Dice, int Step)? Best { get; init; }

    /// <summary>Lowest loss on held-out cases of a pre-training, and its step; null if nothing was validated.</summary>
    public (double Loss, int Step)? LowestLoss { get; init; }

    /// <summary>Crops per second. The time counts waiting for data, but not checkpoints, validation and pictures.</summary>
    public double VolumesPerSecond { get; init; }

    /// <summary>Largest resident memory of the process during the training, in bytes; 0 if the system does not report it.</summary>
    public long PeakMemoryBytes { get; init; }
}
