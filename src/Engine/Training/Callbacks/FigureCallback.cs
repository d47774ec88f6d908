namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Draws outputs of the model, at intervals and at the end.</summary>
/// <param name="every">Steps between two pictures; 0 for one at the end.</param>
/// <param name="show">Draws a picture. Its argument is the step, or null for the picture at the end.</param>
public sealed class FigureCallback(int every, Action<int?> show) : TrainingCallback
{
    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        if (every > 0 && step.Step % every == 0) Show(run, step.Step);
    }

    /// <inheritdoc/>
    public override void Ended(TrainingRun run) => Show(run, null);

    private void Show(TrainingRun run, int? step)
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Clock.Book(StepPhase.Logging);
        run.WithFinalWeights(() =>
        {
            show(step);
            return true;
        });
        run.Clock.Book(StepPhase.Figures);
    }
}
