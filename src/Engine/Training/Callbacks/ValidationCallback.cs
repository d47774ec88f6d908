using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>Validates at intervals, marks the best checkpoint, and ends the training when the value stops improving.</summary>
/// <param name="rule">Intervals, patience, and which value is better.</param>
/// <param name="validate">Computes the value of the model in its current state; null if there is none, because no validation case has a class.</param>
public sealed class ValidationCallback(ValidationRule rule, Func<int, CancellationToken, double?> validate) : TrainingCallback
{
    private (double Value, int Step)? best;
    private (double Value, int Step)? bestBefore;
    private int withoutBetter;
    private bool isPending;

    /// <summary>Validates a fine-tuning.</summary>
    /// <param name="config">Intervals and patience.</param>
    /// <param name="validate">Computes the mean Dice.</param>
    public ValidationCallback(ValidationConfig config, Func<int, CancellationToken, double?> validate) : this(ValidationRule.Of(config), validate)
    {
    }

    /// <summary>Best value and its step.</summary>
    public (double Value, int Step)? Best => best;

    /// <inheritdoc/>
    public override JsonObject Save() => new()
    {
        ["best_value"] = best?.Value, ["best_step"] = best?.Step, ["without_better"] = withoutBetter, ["is_pending"] = isPending,
    };

    /// <inheritdoc/>
    public override void Load(JsonObject state)
    {
        ArgumentNullException.ThrowIfNull(state);
        // Checkpoints of earlier builds call it best_dice.
        best = state["best_step"] is { } step ? ((double)(state["best_value"] ?? state["best_dice"])!, (int)step) : null;
        withoutBetter = (int)state["without_better"]!;
        isPending = (bool)state["is_pending"]!;
    }

    /// <inheritdoc/>
    public override void Started(TrainingRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (rule.UseBest) run.BestStep = best?.Step;
        // An interrupted validation is repeated before anything changes the weights.
        if (isPending) Validate(run, cancel);
    }

    /// <inheritdoc/>
    public override void StepDone(TrainingRun run, in StepReport step, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Options.Length.IsDue(rule.Every, step.Step) || step.Step == run.Options.Length.Steps) Validate(run, cancel);
    }

    /// <inheritdoc/>
    public override void CheckpointFailed(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // The best weights are lost with their checkpoint, so the best ones on the disk count again.
        if (best?.Step != run.Step) return;
        best = bestBefore;
        if (rule.UseBest) run.BestStep = best?.Step;
    }

    /// <inheritdoc/>
    public override TrainResult AddTo(TrainResult result) => rule.IsLoss ? result with { LowestLoss = best } : result with { Best = best };

    private void Validate(TrainingRun run, CancellationToken cancel)
    {
        double? found;
        run.Clock.Book(StepPhase.Logging);
        try
        {
            found = run.WithFinalWeights(() => validate(run.Step, cancel));
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
        if (found is not { } value) return;
        if (!double.IsFinite(value))
        {
            run.Logger.Warn(string.Create(CultureInfo.InvariantCulture, $"the validation at step {run.Step} gave NaN or infinity; it does not count."));
            return;
        }
        bool isBetter = best is null || rule.IsBetter(value, best.Value.Value);
        run.Logger.Note(string.Create(CultureInfo.InvariantCulture, $"validation at step {run.Step}: {rule.Text(value)}{(isBetter ? ", the best so far" : $", best {rule.Number(best!.Value.Value)} at step {best.Value.Step}")}."));
        if (isBetter)
        {
            bestBefore = best;
            best = (value, run.Step);
            withoutBetter = 0;
            if (!rule.UseBest) return;
            run.BestStep = run.Step;
            run.WantsCheckpoint = true;
        }
        else if (++withoutBetter >= rule.Patience && rule.Patience > 0 && run.Step < run.Options.Length.Steps)
        {
            run.End(string.Create(CultureInfo.InvariantCulture, $"stopped early at step {run.Step}: {withoutBetter} validations without {rule.NoBetter(best!.Value.Value)} at step {best.Value.Step}"));
        }
    }
}
