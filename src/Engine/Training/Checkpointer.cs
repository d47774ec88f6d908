using System.Text.Json.Nodes;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>Restores a training from the newest good checkpoint, and writes checkpoints. On a full disk the training goes on without new checkpoints for as long as it can.</summary>
internal sealed class Checkpointer(CheckpointStore store, IReadOnlyList<TrainingCallback> callbacks, TimeProvider clock)
{
    private const string ClockName = "clock", ScaleName = "loss_scale", RandomName = "random.cpu";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(2);
    private long? failedAt;

    /// <summary>Restores the newest good checkpoint, if there is one.</summary>
    /// <exception cref="CheckpointException">It belongs to another model.</exception>
    public void Restore(TrainingRun run)
    {
        if (store.Newest(run.Options.Identity.Accepts) is not { } newest) return;
        TrainingState state = newest.State;
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = Tensors(run);
        CheckpointStore.Restore(newest.Path, ModelWeights.Of(run.Objective.Modules), tensors);
        // If averages are kept, the file of weights holds them, because readers of checkpoints need those.
        if (state.IsAveraged) run.Optimizer.SwapAverages();
        run.Optimizer.NumSteps = state.OptimizerSteps;
        set_rng_state(tensors[RandomName]);
        foreach (TrainingCallback callback in callbacks)
        {
            if (state.Parts[callback.Name] is JsonObject part) callback.Load(part);
        }
        if (state.Parts[ClockName] is JsonObject times) run.Clock.Load(times);
        if (state.Parts[ScaleName] is JsonObject scale) run.Options.Precision.Scaler?.Restore((double)scale["scale"]!, (int)scale["good_steps"]!);
        (run.Step, run.EndReason) = (state.Step, state.EndReason);
        run.IsDone = state.EndReason is not null || state.Step >= run.Options.Length.Steps;
        (run.BestStep, run.LastCheckpoint) = (state.BestStep, newest.Path);
        run.Logger.Resumed(state.Step);
    }

    /// <summary>Writes a checkpoint after a step, if one is due.</summary>
    /// <exception cref="IOException">It cannot be written, and the training ends here.</exception>
    /// <exception cref="NonFiniteLossException">A weight is NaN or infinite.</exception>
    public void StepDone(TrainingRun run, bool isStopping)
    {
        bool isNeeded = run.IsDone || isStopping;
        bool isRetry = failedAt is { } since && clock.GetElapsedTime(since) >= RetryAfter;
        if (!isNeeded && !isRetry && !run.WantsCheckpoint && run.Step % run.Options.CheckpointEvery != 0) return;
        run.WantsCheckpoint = false;
        if (!run.Options.Group.IsFirst())
        {
            run.LastCheckpoint = store.PathOf(run.Step);
            return;
        }
        run.Clock.Book(StepPhase.Logging);
        CheckWeights(run);
        try
        {
            Save(run);
            if (failedAt is not null) run.Logger.Warn($"checkpoints can be written again: '{run.LastCheckpoint}'.");
            failedAt = null;
        }
        catch (IOException error)
        {
            string last = run.LastCheckpoint is null ? "There is no earlier one" : $"The last good one, '{run.LastCheckpoint}', stays";
            foreach (TrainingCallback callback in callbacks) callback.CheckpointFailed(run);
            if (isNeeded)
                throw new IOException($"The checkpoint of step {run.Step} cannot be written: {error.Message.TrimEnd('.')}. {last}. Free some space and go on with --resume.", error);
            failedAt = clock.GetTimestamp();
            run.Logger.Warn($"THE CHECKPOINT OF STEP {run.Step} CANNOT BE WRITTEN: {error.Message.TrimEnd('.')}. {last}; the training goes on and tries again. Free some space on the disk.");
        }
        finally
        {
            run.Clock.Book(StepPhase.Checkpoint);
        }
    }

    private void Save(TrainingRun run)
    {
        var parts = new JsonObject { [ClockName] = run.Clock.Save() };
        if (run.Options.Precision.Scaler is { } scaler) parts[ScaleName] = new JsonObject { ["scale"] = scaler.Scale, ["good_steps"] = scaler.GoodSteps };
        foreach (TrainingCallback callback in callbacks)
        {
            if (callback.Save() is { } part) parts[callback.Name] = part;
        }
        RunIdentity identity = run.Options.Identity;
        bool isAveraged = run.Optimizer.Averages.Count > 0;
        var state = new TrainingState(run.Step, run.Optimizer.NumSteps, identity.Fingerprint, run.EndReason, isAveraged, run.BestStep, parts);
        using DisposeScope scope = NewDisposeScope();
        if (isAveraged) run.Optimizer.SwapAverages();
        try
        {
            run.LastCheckpoint = store.Save(state, ModelWeights.Of(run.Objective.Modules), Tensors(run), identity.Config, identity.Code);
        }
        finally
        {
            if (isAveraged) run.Optimizer.SwapAverages();
        }
    }

    // Batches, masks and dropout are drawn by step and need no state. For anything else, the state of libtorch's generator is kept.
    private static Dictionary<string, Tensor> Tensors(TrainingRun run) =>
        new(run.Optimizer.State, StringComparer.Ordinal) { [RandomName] = get_rng_state() };

    // A step can have a finite loss but an update that is not finite. A checkpoint must not contain such weights.
    private static void CheckWeights(TrainingRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor finite = stack([.. run.Objective.Parameters.Select(parameter => parameter.Value.sum())]).isfinite().all();
        if (!finite.item<bool>()) throw new NonFiniteLossException($"A weight is NaN or infinite after step {run.Step}", run.Step, run.LastCheckpoint);
    }
}
