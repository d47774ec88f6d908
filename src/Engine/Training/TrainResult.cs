namespace HiEndMae.Engine.Training;

/// <summary>How a training ended.</summary>
/// <param name="Steps">Optimiser steps done.</param>
/// <param name="LastLoss">The last logged loss; NaN where no step had a finite one.</param>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Elapsed">Wall time of this process.</param>
/// <param name="Seconds">Time by phase, over all processes that had a part in it.</param>
public sealed record TrainResult(int Steps, double LastLoss, string Checkpoint, TimeSpan Elapsed, IReadOnlyDictionary<StepPhase, double> Seconds)
{
    /// <summary>Why it ended before its last step; null where it did not.</summary>
    public string? EndReason { get; init; }

    /// <summary>Steps that were not applied because of NaN or infinity.</summary>
    public int BadSteps { get; init; }

    /// <summary>Steps whose loss stood out.</summary>
    public int LossSpikes { get; init; }

    /// <summary>Best mean Dice on the validation split, and the step that it was reached at.</summary>
    public (double Dice, int Step)? Best { get; init; }

    /// <summary>Crops per second of training, waiting for data included, checkpoints and validation not.</summary>
    public double VolumesPerSecond { get; init; }

    /// <summary>Largest resident memory of the process during the stage, in bytes; 0 where the system does not tell.</summary>
    public long PeakMemoryBytes { get; init; }
}
