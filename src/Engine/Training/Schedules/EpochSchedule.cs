namespace HiEndMae.Engine.Training.Schedules;

/// <summary>The official fine-tuning schedule: a new rate every epoch, from 0 in the first to the peak in the last of the warm-up, then half a cosine.</summary>
/// <param name="PeakLr">Learning rate at the end of the warm-up.</param>
/// <param name="EndLr">Where the cosine ends.</param>
/// <param name="WarmupEpochs">Epochs of the warm-up.</param>
/// <param name="Length">Which step lies in which epoch, and how many there are.</param>
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
