namespace HiEndMae.Engine.Training.Schedules;

/// <summary>A linear warm-up from zero, then a decay. The rate changes with every step.</summary>
/// <param name="PeakLr">Learning rate at the end of the warm-up.</param>
/// <param name="EndLr">Learning rate at the end.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
/// <param name="TotalSteps">Total number of steps.</param>
/// <param name="Fall">Shape of the decay: maps progress since the warm-up (0 to 1) to the remaining part of the rate (1 to 0).</param>
public sealed record StepSchedule(double PeakLr, double EndLr, int WarmupSteps, int TotalSteps, Func<double, double> Fall) : ISchedule
{
    /// <summary>Learning rate of the first step of a warm-up; null for the peak divided by its steps.</summary>
    public double? WarmupStartLr { get; init; }

    /// <summary>Whether the last step of a warm-up from <see cref="WarmupStartLr"/> has the peak; otherwise the step after it has.</summary>
    public bool WarmupReachesPeak { get; init; }

    /// <summary>Whether the last step has the rate of the end; otherwise the step after it would have.</summary>
    public bool EndsAtLastStep { get; init; }

    /// <summary>Half a cosine. Source: facebookresearch/mae util/lr_sched.py.</summary>
    public static double Cosine(double progress) => 0.5 * (1 + Math.Cos(Math.PI * progress));

    /// <summary>Learning rate within a linear warm-up.</summary>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="steps">Steps of the warm-up.</param>
    /// <param name="peak">Learning rate after it.</param>
    /// <param name="start">Learning rate of the first step; null for the peak divided by the steps.</param>
    /// <param name="reachesPeak">Whether the last step of a warm-up from <paramref name="start"/> has the peak; otherwise the step after it has.</param>
    internal static double Warmup(int step, int steps, double peak, double? start, bool reachesPeak = false) =>
        // Use step + 1, so that the first rate is not zero.
        start is { } first ? first + ((peak - first) * step / Math.Max(1, steps - (reachesPeak ? 1 : 0))) : peak * (step + 1) / steps;

    /// <inheritdoc/>
    public double LrAt(int step)
    {
        if (step < WarmupSteps) return Warmup(step, WarmupSteps, PeakLr, WarmupStartLr, WarmupReachesPeak);
        double progress = (step - WarmupSteps) / (double)Math.Max(1, TotalSteps - WarmupSteps - (EndsAtLastStep ? 1 : 0));
        return EndLr + (PeakLr - EndLr) * Fall(Math.Min(1, progress));
    }
}
