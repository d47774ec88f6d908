using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Schedules;

/// <summary>Weight decay by step: constant, or half a cosine from the first step to the last.</summary>
/// <remarks>Source: keyu-tian/SparK, utils/lr_control.py.</remarks>
/// <param name="config">First and last decay.</param>
/// <param name="length">Steps of the training.</param>
public sealed class WeightDecaySchedule(OptimizerConfig config, TrainingLength length)
{
    /// <summary>Weight decay of a step, counted from 0.</summary>
    public double At(int step) => config.WeightDecayEnd is { } end
        ? end + ((config.WeightDecay - end) * StepSchedule.Cosine(step / (double)Math.Max(1, length.Steps - 1)))
        : config.WeightDecay;

    /// <summary>The same, relative to the first step's.</summary>
    public double FactorAt(int step) => config.WeightDecayEnd is null ? 1 : At(step) / config.WeightDecay;
}
