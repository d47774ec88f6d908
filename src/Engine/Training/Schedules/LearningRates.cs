using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Schedules;

/// <summary>Creates schedules.</summary>
public static class LearningRates
{
    /// <summary>The schedule of a config.</summary>
    /// <param name="peakLr">Learning rate at the end of the warm-up.</param>
    /// <param name="config">Warm-up and shape.</param>
    /// <param name="length">Steps and epochs of the training.</param>
    public static ISchedule Create(double peakLr, ScheduleConfig config, TrainingLength length)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(length);
        if (config.Kind == ScheduleKind.CosineByEpoch) return new EpochSchedule(peakLr, config.EndLr, config.WarmupEpochs, length);
        int warmup = config.WarmupEpochs > 0 ? length.StepsOf(config.WarmupEpochs) : config.WarmupSteps;
        if (config.Kind == ScheduleKind.Staircase) return new StaircaseSchedule(peakLr, config.StairFactor, config.StairEvery, warmup, length) { WarmupStartLr = config.WarmupStartLr };
        return new StepSchedule(peakLr, config.EndLr, warmup, length.Steps, config.Kind switch
        {
            ScheduleKind.Polynomial => progress => Math.Pow(1 - progress, config.Power),
            ScheduleKind.Constant => _ => 1,
            _ => StepSchedule.Cosine,
        })
        {
            WarmupStartLr = config.WarmupStartLr,
            WarmupReachesPeak = config.WarmupReachesPeak,
            EndsAtLastStep = config.EndsAtLastStep,
        };
    }
}
