using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Validates at intervals, marks the best checkpoint, and ends the training when the Dice stops improving.</summary>
/// <param name="config">Intervals and patience.</param>
/// <param name="validate">Computes the mean Dice of the model in its current state; null where no validation case has a class.</param>
public sealed class ValidationCallback(ValidationConfig config, Func<int, CancellationToken, double?> validate) : TrainingCallback
{
    private (double Dice, int Step)? best;
    private (double Dice, int Step)? bestBefore;
    private int withoutBetter;
    private bool isPending;

    /// <summary>Best mean Dice and its step.</summary>
    public (double Dice, int Step)? Best => best;

    /// <inheritdoc/>
    public override JsonObject Save() => new()
    {
        ["best_dice"] = best?.Dice, ["best_step"] = best?.Step, ["without_better"] = withoutBetter, ["is_pending"] = isPending,
    };

    /// <inheritdoc/>
    public override void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        best = state["best_step"] is { } step ? ((double)state["best_dice"]!, (int)step) : null;
        withoutBetter = (int)state["without_better"]!;
        isPending = (bool)state["is_pending"]!;
    }

    /// <inheritdoc/>
    public override void Started(TrainingRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (config.UseBest) run.BestStep = best?.Step;
        // An interrupted validation is repeated before anything changes the weights.
        if (isPending) Validate(run, cancel);
    }

    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Options.Length.IsDue(config.Every, step.Step) || step.Step == run.Options.Length.Steps) Validate(run, cancel);
    }

    /// <inheritdoc/>
    public override void CheckpointFailed(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // The best weights are lost with their checkpoint, so the best ones on the disk count again.
        if (best?.Step != run.Step) return;
        best = bestBefore;
        if (config.UseBest) run.BestStep = best?.Step;
    }

    /// <inheritdoc/>
    public override TrainResult AddTo(TrainResult result) => result with { Best = best };

    private void Validate(TrainingRun run, CancellationToken cancel)
    {
        double? dice;
        run.Clock.Book(StepPhase.Logging);
        try
        {
            dice = run.WithFinalWeights(() => validate(run.Step, cancel));
            isPending = false;
        }
        catch (OperationCanceledException)
        {
            // Not thrown on, so that the loop can write the checkpoint of this step.
            isPending = true;
            return;
        }
        finally
        {
            run.Clock.Book(StepPhase.Validation);
        }
        if (dice is not { } value) return;
        bool isBetter = best is null || value > best.Value.Dice;
        run.Logger.Note(string.Create(CultureInfo.InvariantCulture, $"validation at step {run.Step}: mean Dice {value:F4}{(isBetter ? ", the best so far" : $", best {best!.Value.Dice:F4} at step {best.Value.Step}")}."));
        if (isBetter)
        {
            bestBefore = best;
            best = (value, run.Step);
            withoutBetter = 0;
            if (!config.UseBest) return;
            run.BestStep = run.Step;
            run.WantsCheckpoint = true;
        }
        else if (++withoutBetter >= config.Patience && config.Patience > 0 && run.Step < run.Options.Length.Steps)
        {
            run.End(string.Create(CultureInfo.InvariantCulture, $"stopped early at step {run.Step}: {withoutBetter} validations without a better Dice than {best!.Value.Dice:F4} at step {best.Value.Step}"));
        }
    }
}
