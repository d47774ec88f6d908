using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Schedules;

/// <summary>Steps and epochs of a training: an epoch has passed when every case has been drawn once more, so it need not end with a step.</summary>
public sealed class TrainingLength
{
    private readonly long numCases;
    private readonly long casesPerStep;

    /// <summary>Reads the length from a config.</summary>
    /// <param name="config">Says steps or epochs.</param>
    /// <param name="numCases">Cases of an epoch.</param>
    public TrainingLength(ITrainingConfig config, int numCases)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(numCases, 1);
        this.numCases = numCases;
        casesPerStep = (long)config.Data.Volumes * config.GradAccumulation;
        Epochs = config.Epochs;
        Steps = config.Epochs is { } epochs ? StepsOf(epochs) : config.Steps
            ?? throw new ArgumentException("Neither steps nor epochs are said.", nameof(config));
    }

    /// <summary>Optimiser steps in all.</summary>
    public int Steps { get; }

    /// <summary>Epochs in all, where the length was said in epochs.</summary>
    public int? Epochs { get; }

    /// <summary>Steps after which this many epochs have passed.</summary>
    public int StepsOf(int epochs) => checked((int)((epochs * numCases + casesPerStep - 1) / casesPerStep));

    /// <summary>Epochs that have passed before a step, counted from 0.</summary>
    public int EpochOf(int step) => (int)(step * casesPerStep / numCases);

    /// <summary>Whether, with this step done, a multiple of <paramref name="every"/> has been reached: of epochs where the length was said in epochs, otherwise of steps.</summary>
    public bool IsDue(int every, int stepsDone) => Epochs is null
        ? stepsDone % every == 0
        : EpochOf(stepsDone) / every > EpochOf(stepsDone - 1) / every;
}
