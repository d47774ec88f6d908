namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Interrupts the training when the run's time is spent.</summary>
public sealed class TimeBudgetCallback(TimeBudget budget) : TrainingCallback
{
    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (budget.Spent() is { } spent && !run.IsDone) run.Interrupt(spent);
    }
}
