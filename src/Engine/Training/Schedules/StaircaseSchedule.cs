namespace HiEndMae.Engine.Training.Schedules;

/// <summary>A linear warm-up, then a rate that is multiplied by a factor at equal intervals, counted from the first step. Source: PyTorch's torch.optim.lr_scheduler.StepLR.</summary>
/// <param name="PeakLr">Learning rate at the end of the warm-up.</param>
/// <param name="Factor">Factor on the rate at the end of every interval, in [0, 1].</param>
/// <param name="Every">Length of an interval: epochs if the training has epochs, steps otherwise; at least 1.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
/// <param name="Length">The epoch of each step.</param>
public sealed record StaircaseSchedule(double PeakLr, double Factor, int Every, int WarmupSteps, TrainingLength Length) : ISchedule
{
    /// <summary>Learning rate of the first step of a warm-up; null for the peak divided by its steps.</summary>
    public double? WarmupStartLr { get; init; }

    /// <inheritdoc/>
    public double LrAt(int step)
    {
        if (step < WarmupSteps) return StepSchedule.Warmup(step, WarmupSteps, PeakLr, WarmupStartLr);
        int intervals = (Length.Epochs is null ? step : Length.EpochOf(step)) / Every;
        return PeakLr * Math.Pow(Factor, intervals);
    }
}
