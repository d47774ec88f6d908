using System.Globalization;
using HiEndMae.Engine.Collectives;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Completes the training when it has taken a time.</summary>
/// <param name="limit">Seconds of the training phases, over all processes that trained.</param>
public sealed class MaxTimeCallback(TimeSpan limit) : TrainingCallback
{
    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        double seconds = StepClock.TrainingPhases.Sum(phase => run.Clock[phase]);
        // All ranks are asked, so that they all end at the same step.
        if (run.Options.Group.Any(seconds >= limit.TotalSeconds) && !run.IsDone)
            run.End(string.Create(CultureInfo.InvariantCulture, $"the training is complete after {step.Step} steps: it has taken {seconds:F0} s, and max_time is {limit.TotalSeconds:F0} s."));
    }
}
