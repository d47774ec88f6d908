using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Schedules;

/// <summary>Steps and epochs of a training. An epoch ends when every case has been drawn once, which may be in the middle of a step.</summary>
public sealed class TrainingLength
{
    private readonly long numCases;
    private readonly long casesPerStep;

    /// <summary>Reads the length from a config.</summary>
    /// <param name="config">The stage's config; it has steps or epochs.</param>
    /// <param name="numCases">Cases of an epoch.</param>
    public TrainingLength(TrainingConfig config, int numCases)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(numCases, 1);
        this.numCases = numCases;
        casesPerStep = (long)config.Data.Volumes * config.GradAccumulation;
        Epochs = config.Epochs;
        Steps = config.Epochs is { } epochs ? StepsOf(epochs) : config.Steps
            ?? throw new ArgumentException("The config has neither steps nor epochs.", nameof(config));
    }

    /// <summary>A length without epochs: a case a step.</summary>
    public TrainingLength(int steps) => (Steps, numCases, casesPerStep) = (steps, 1, 1);

    /// <summary>Total number of optimiser steps.</summary>
    public int Steps { get; }

    /// <summary>Total number of epochs; null if the config has steps.</summary>
    public int? Epochs { get; }

    /// <summary>Number of steps after which this many epochs are complete.</summary>
    public int StepsOf(int epochs) => checked((int)((epochs * numCases + casesPerStep - 1) / casesPerStep));

    /// <summary>Number of epochs that are complete before a step; steps count from 0.</summary>
    public int EpochOf(int step) => (int)(step * casesPerStep / numCases);

    /// <summary>Whether something that happens at intervals is due after a step.</summary>
    /// <param name="every">The interval: in epochs if the config has epochs, otherwise in steps.</param>
    /// <param name="stepsDone">Steps done.</param>
    public bool IsDue(int every, int stepsDone) => Epochs is null
        ? stepsDone % every == 0
        : EpochOf(stepsDone) / every > EpochOf(stepsDone - 1) / every;
}
