using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Weights;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>THE training loop: restore; then loss, gradient, update; callbacks, checkpoint; stop when done or asked to.</summary>
/// <param name="objective">What is minimised.</param>
/// <param name="options">How long, with what.</param>
/// <param name="callbacks">Logging, guards, validation, pictures; asked in this order.</param>
/// <param name="checkpoints">Where checkpoints go.</param>
/// <param name="logger">Where values go.</param>
/// <param name="clock">Time.</param>
public sealed class Trainer(
    IObjective objective, TrainerOptions options, IReadOnlyList<TrainingCallback> callbacks, CheckpointStore checkpoints, IStageLogger logger, TimeProvider clock)
{
    /// <summary>Trains from the newest checkpoint, or from the start, to the end.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop, or out of time; a checkpoint was written.</exception>
    /// <exception cref="NonFiniteLossException">NaN or infinity, several steps in a row; the last good checkpoint is as it was.</exception>
    /// <exception cref="CheckpointException">A checkpoint is of another model.</exception>
    /// <exception cref="IOException">The last checkpoint cannot be written.</exception>
    public TrainResult Run(CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        using IOptimizer optimizer = Optimizers.Create(options.Optimizer, ParameterGrouping.Of(objective, options.Optimizer), options.Threads, options.Optimizer.EmaDecay > 0);
        var run = new TrainingRun(objective, optimizer, options, logger, clock);
        var checkpointer = new Checkpointer(checkpoints, callbacks, clock);
        checkpointer.Restore(run);
        using var gate = new CollectionGate(logger.Note);
        run.Clock.Restart();
        bool hadSteps = !run.IsDone;
        foreach (TrainingCallback callback in callbacks) callback.Started(run, cancel);
        if (hadSteps && (run.IsDone || cancel.IsCancellationRequested)) Finish(run, checkpointer, cancel);
        while (!run.IsDone)
        {
            gate.BetweenSteps();
            StepReport report = Step(run);
            foreach (TrainingCallback callback in callbacks) callback.StepDone(run, report, cancel);
            Finish(run, checkpointer, cancel);
        }
        foreach (TrainingCallback callback in callbacks) callback.Ended(run);
        return new TrainResult(run.Step, double.NaN, run.LastCheckpoint!, clock.GetElapsedTime(start), run.Clock.Seconds) { EndReason = run.EndReason };
    }

    private StepReport Step(TrainingRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        IOptimizer optimizer = run.Optimizer;
        double lr = options.Schedule.LrAt(run.Step), loss = 0;
        optimizer.ZeroGrad();
        run.Clock.Book(StepPhase.Optimizer);
        for (int i = 0; i < options.GradAccumulation; i++) loss += Accumulate(run, run.Step * options.GradAccumulation + i);
        // A loss that is no number has no gradient worth a look.
        StepResult update = double.IsFinite(loss)
            ? optimizer.Step(new StepRequest(lr) { MaxGradNorm = options.Optimizer.GradClip, AverageDecay = options.Optimizer.EmaDecay, LossScale = options.Precision.LossScale })
            : new StepResult(double.NaN, Applied: false);
        bool isScaleSearch = double.IsFinite(loss) && options.Precision.Update(update.Applied);
        run.Clock.Book(StepPhase.Optimizer);
        run.Step++;
        run.IsDone = run.Step >= options.Length.Steps;
        return new StepReport(run.Step, loss, update.GradNorm, update.Applied, lr) { IsScaleSearch = isScaleSearch };
    }

    // Forward and backward of one batch; its part of the step's loss.
    private double Accumulate(TrainingRun run, int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        TimeSpan waited = objective.DataWait;
        Tensor loss;
        using (options.Precision.Enter()) loss = objective.Loss(batch);
        if (options.GradAccumulation > 1) loss /= options.GradAccumulation;
        run.Clock.Book(StepPhase.Forward, objective.DataWait - waited);
        options.Precision.Scaled(loss).backward();
        double value = loss.item<float>(); // device sync; the optimiser's norm, which follows, is one anyway
        run.Clock.Book(StepPhase.Backward);
        return value;
    }

    private static void Finish(TrainingRun run, Checkpointer checkpointer, CancellationToken cancel)
    {
        // Read once: a stop that is asked for after this is seen after the next step, and saved then.
        bool isStopped = cancel.IsCancellationRequested;
        checkpointer.StepDone(run, isStopping: isStopped || run.Interruption is not null);
        if (run.Interruption is { } interruption && !run.IsDone) throw interruption;
        if (isStopped) cancel.ThrowIfCancellationRequested();
        run.Clock.Book(StepPhase.Logging);
    }
}
