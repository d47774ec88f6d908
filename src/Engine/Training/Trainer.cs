using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Weights;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>The one training loop: restore a checkpoint; then, step by step, loss, gradient, update, callbacks, checkpoint.</summary>
/// <param name="objective">The objective to minimise.</param>
/// <param name="options">Length, optimiser, intervals.</param>
/// <param name="callbacks">Logging, guards, validation, pictures. They are called in this order.</param>
/// <param name="checkpoints">Keeps checkpoints.</param>
/// <param name="logger">Receives values and messages.</param>
/// <param name="clock">Time.</param>
public sealed class Trainer(
    IObjective objective, TrainerOptions options, IReadOnlyList<TrainingCallback> callbacks, CheckpointStore checkpoints, IStageLogger logger, TimeProvider clock)
{
    /// <summary>Trains from the newest checkpoint, or from the start, to the end.</summary>
    /// <exception cref="OperationCanceledException">The training was stopped, or its time is spent; a checkpoint was written.</exception>
    /// <exception cref="NonFiniteLossException">The loss or a gradient was NaN or infinite in too many steps in a row. The last good checkpoint is unchanged.</exception>
    /// <exception cref="CheckpointException">The newest checkpoint belongs to another model.</exception>
    /// <exception cref="IOException">The last checkpoint cannot be written.</exception>
    /// <exception cref="ProcessGroupException">Another rank is gone, or started from other weights.</exception>
    public TrainResult Run(CancellationToken cancel)
    {
        long start = clock.GetTimestamp();
        PeakMemory.Restart();
        using IOptimizer optimizer = Optimizers.Create(options.Optimizer, ParameterGrouping.Of(objective, options.Optimizer), options.Threads, options.Optimizer.EmaDecay > 0);
        var run = new TrainingRun(objective, optimizer, options, logger, clock);
        var checkpointer = new Checkpointer(checkpoints, callbacks, clock);
        checkpointer.Restore(run);
        RankAgreement.Check(options.Group, run);
        using var gate = new CollectionGate(logger.Note);
        run.Clock.Restart();
        bool hadSteps = !run.IsDone;
        foreach (TrainingCallback callback in callbacks) callback.Started(run, cancel);
        if (hadSteps && (run.IsDone || options.Group.Any(cancel.IsCancellationRequested))) Finish(run, checkpointer, cancel);
        while (!run.IsDone)
        {
            gate.BetweenSteps();
            StepReport report = Step(run);
            foreach (TrainingCallback callback in callbacks) callback.StepDone(run, report, cancel);
            Finish(run, checkpointer, cancel);
        }
        foreach (TrainingCallback callback in callbacks) callback.Ended(run);
        // From here on, the other ranks see the files that rank 0 has written.
        options.Group.Barrier();
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
            Precision = options.Precision.Kind,
        };
        return callbacks.Aggregate(result, (sum, callback) => callback.AddTo(sum));
    }

    private StepReport Step(TrainingRun run)
    {
        using DisposeScope scope = NewDisposeScope();
        IOptimizer optimizer = run.Optimizer;
        double lr = options.Schedule.LrAt(run.Step), loss;
        optimizer.ZeroGrad();
        run.Clock.Book(StepPhase.Optimizer);
        IProcessGroup group = options.Group;
        int share = options.GradAccumulation / group.Size;
        loss = Accumulate(run, (run.Step * options.GradAccumulation) + (group.Rank * share), share);
        if (group.Size > 1)
        {
            optimizer.SumGradients(group, options.SumTree);
            loss = group.Sum(loss);
            run.Clock.Book(StepPhase.Exchange);
        }
        objective.GradientsReady(run.Step, options.Precision.LossScale);
        // A loss that is not finite has no usable gradient.
        StepResult update = double.IsFinite(loss)
            ? optimizer.Step(new StepRequest(lr) { MaxGradNorm = options.Optimizer.GradClip, MaxParameterNorm = options.Optimizer.ParameterClip, AverageDecay = options.Optimizer.EmaDecay, DecayFactor = options.DecayFactorAt(run.Step), LossScale = options.Precision.LossScale })
            : new StepResult(double.NaN, Applied: false);
        bool isScaleSearch = double.IsFinite(loss) && options.Precision.Update(update.Applied);
        if (update.Applied) objective.Updated(run.Step);
        run.Clock.Book(StepPhase.Optimizer);
        run.Step++;
        run.IsDone = run.Step >= options.Length.Steps;
        return new StepReport(run.Step, loss, update.GradNorm, update.Applied, lr) { IsScaleSearch = isScaleSearch };
    }

    // Adds consecutive batches by the tree of SumTree. libtorch itself adds the two batches of a pair, so only larger halves are set aside.
    private double Accumulate(TrainingRun run, int first, int count)
    {
        if (count == 1) return Accumulate(run, first);
        if (!options.SumTree || count == 2)
        {
            double sum = Accumulate(run, first);
            for (int i = 1; i < count; i++) sum += Accumulate(run, first + i);
            return sum;
        }
        int half = count / 2;
        double left = Accumulate(run, first, half);
        using GradientPart part = run.Optimizer.TakeGradients();
        double right = Accumulate(run, first + half, count - half);
        run.Optimizer.AddGradients(part);
        run.Clock.Book(StepPhase.Backward);
        return left + right;
    }

    private double Accumulate(TrainingRun run, int batch)
    {
        try
        {
            return Pass(run, batch);
        }
        catch (Exception error) when (FailurePlace.Note(error, () => $"step {run.Step + 1}, cases {string.Join(", ", objective.CasesOf(batch).Distinct().Select(name => $"'{name}'"))}"))
        {
            throw;
        }
    }

    // Forward and backward pass of one batch. Returns its part of the step's loss.
    private double Pass(TrainingRun run, int batch)
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

    private void Finish(TrainingRun run, Checkpointer checkpointer, CancellationToken cancel)
    {
        // All ranks are asked once per step. A request to stop that comes later is handled after the next step, so all ranks stop at the same step.
        (bool isStopped, bool isInterrupted) = RankAgreement.Stops(options.Group, cancel.IsCancellationRequested, run.Interruption is not null);
        checkpointer.StepDone(run, isStopping: isStopped || isInterrupted);
        if (isStopped || isInterrupted) options.Group.Barrier();
        if (isInterrupted && !run.IsDone) throw run.Interruption ?? new OperationCanceledException("another rank's time is spent");
        if (isStopped) throw new OperationCanceledException(cancel);
        run.Clock.Book(StepPhase.Logging);
    }
}
