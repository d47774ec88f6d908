using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Weights;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>The one training loop: restore a checkpoint; then, step by step, loss, gradient, update, callbacks, checkpoint.</summary>
/// <param name="objective">What is minimised.</param>
/// <param name="options">Length, optimiser, intervals.</param>
/// <param name="callbacks">Logging, guards, validation, pictures. They are called in this order.</param>
/// <param name="checkpoints">Keeps checkpoints.</param>
/// <param name="logger">Takes values and sentences.</param>
/// <param name="clock">Time.</param>
public sealed class Trainer(
    IObjective objective, TrainerOptions options, IReadOnlyList<TrainingCallback> callbacks, CheckpointStore checkpoints, IStageLogger logger, TimeProvider clock)
{
    /// <summary>Trains from the newest checkpoint, or from the start, to the end.</summary>
    /// <exception cref="OperationCanceledException">The training was stopped, or its time is spent; a checkpoint was written.</exception>
    /// <exception cref="NonFiniteLossException">The loss or a gradient was NaN or infinite in too many steps in a row. The last good checkpoint is unchanged.</exception>
    /// <exception cref="CheckpointException">The newest checkpoint belongs to another model.</exception>
    /// <exception cref="IOException">The last checkpoint cannot be written.</exception>
    public TrainResult Run(CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        PeakMemory.Restart();
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
        return Result(run, clock.GetElapsedTime(start));
    }

    private TrainResult Result(TrainingRun run, TimeSpan elapsed)
    {
        double seconds = StepClock.TrainingPhases.Sum(phase => run.Clock[phase]);
        var result = new TrainResult(run.Step, run.LastCheckpoint!, elapsed, run.Clock.Seconds)
        {
            EndReason = run.EndReason,
            VolumesPerSecond = (double)run.Step * objective.BatchSize * options.GradAccumulation / seconds,
            PeakMemoryBytes = PeakMemory.Bytes(),
        };
        return callbacks.Aggregate(result, (sum, callback) => callback.AddTo(sum));
    }

    private StepReport Step(TrainingRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        IOptimizer optimizer = run.Optimizer;
        double lr = options.Schedule.LrAt(run.Step), loss = 0;
        optimizer.ZeroGrad();
        run.Clock.Book(StepPhase.Optimizer);
        for (int i = 0; i < options.GradAccumulation; i++) loss += Accumulate(run, run.Step * options.GradAccumulation + i);
        objective.GradientsReady(run.Step);
        // A loss that is not finite has no usable gradient.
        StepResult update = double.IsFinite(loss)
            ? optimizer.Step(new StepRequest(lr) { MaxGradNorm = options.Optimizer.GradClip, AverageDecay = options.Optimizer.EmaDecay, DecayFactor = options.DecayFactorAt(run.Step), LossScale = options.Precision.LossScale })
            : new StepResult(double.NaN, Applied: false);
        bool isScaleSearch = double.IsFinite(loss) && options.Precision.Update(update.Applied);
        if (update.Applied) objective.Updated(run.Step);
        run.Clock.Book(StepPhase.Optimizer);
        run.Step++;
        run.IsDone = run.Step >= options.Length.Steps;
        return new StepReport(run.Step, loss, update.GradNorm, update.Applied, lr) { IsScaleSearch = isScaleSearch };
    }

    // Forward and backward pass of one batch. Returns its part of the step's loss.
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
        // Read once: a request to stop that comes later is handled after the next step.
        bool isStopped = cancel.IsCancellationRequested;
        checkpointer.StepDone(run, isStopping: isStopped || run.Interruption is not null);
        if (run.Interruption is { } interruption && !run.IsDone) throw interruption;
        if (isStopped) cancel.ThrowIfCancellationRequested();
        run.Clock.Book(StepPhase.Logging);
    }
}
