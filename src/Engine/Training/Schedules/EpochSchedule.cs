namespace HiEndMae.Engine.Training.Schedules;

/// <summary>The schedule of the official fine-tuning code. The rate changes once per epoch: it rises linearly from 0 in the first epoch to the peak in the last epoch of the
/// warm-up, then falls as half a cosine.</summary>
/// <param name="PeakLr">Learning rate at the end of the warm-up.</param>
/// <param name="EndLr">Learning rate at the end of the cosine.</param>
/// <param name="WarmupEpochs">Epochs of the warm-up.</param>
/// <param name="Length">Number of epochs, and the epoch of each step.</param>
public sealed record EpochSchedule(double PeakLr, double EndLr, int WarmupEpochs, TrainingLength Length) : ISchedule
{
    /// <inheritdoc/>
    public double LrAt(int step)
    {
        int epoch = Length.EpochOf(step);
        if (epoch < WarmupEpochs) return PeakLr * epoch / Math.Max(1, WarmupEpochs - 1);
        double progress = (epoch - WarmupEpochs) / (double)Math.Max(1, Length.Epochs!.Value - WarmupEpochs);
        return EndLr + (PeakLr - EndLr) * StepSchedule.Cosine(Math.Min(1, progress));
    }
}
