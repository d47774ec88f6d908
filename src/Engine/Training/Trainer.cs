using System.Globalization;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>THE training loop: restore, then loss, gradient, update; log, save, stop when asked to.</summary>
public sealed class Trainer(IObjective objective, TrainerOptions options, CheckpointStore checkpoints, IStageLogger logger, TimeProvider clock)
{
    private readonly WarmupCosine schedule = new(options.Optimizer.Lr, options.WarmupSteps, options.Steps);
    private string? lastCheckpoint;

    /// <summary>Trains from the newest checkpoint, or from the start, to the last step.</summary>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    /// <exception cref="NonFiniteLossException">NaN or infinity; the last good checkpoint is as it was.</exception>
    /// <exception cref="CheckpointException">A checkpoint is of another model.</exception>
    public TrainResult Run(CancellationToken cancel)
    {
        using IOptimizer optimizer = Optimizers.Create(options.Optimizer, [new ParameterGroup(objective.Parameters, LrScale: 1, options.Optimizer.WeightDecay)], options.Threads);
        using Tensor lossSum = zeros(1, device: objective.Parameters[0].Value.device);
        (int step, int lossCount) = Restore(optimizer, lossSum);
        using var gate = new CollectionGate(logger.Note);
        int first = step;
        long start = clock.GetTimestamp();
        double lastLoss = double.NaN;
        while (step < options.Steps)
        {
            gate.BetweenSteps();
            using DisposeScope scope = NewDisposeScope();
            double lr = schedule.LrAt(step);
            optimizer.ZeroGrad();
            Tensor loss = objective.Loss(step);
            loss.backward();
            StepResult update = optimizer.Step(new StepRequest(lr) { MaxGradNorm = options.Optimizer.GradClip });
            if (!update.Applied) throw new NonFiniteLossException(step + 1, lastCheckpoint);
            using (no_grad()) lossSum.add_(loss.detach());
            lossCount++;
            step++;

            if (step % options.LogEvery == 0 || step == options.Steps)
            {
                lastLoss = Read(lossSum, step) / lossCount; // device sync
                logger.Metric("loss", lastLoss, step);
                logger.Metric("lr", lr, step);
                Report(step, first, lastLoss, clock.GetElapsedTime(start));
                using (no_grad()) lossSum.zero_();
                lossCount = 0;
            }
            if (step % options.CheckpointEvery == 0 || step == options.Steps || cancel.IsCancellationRequested)
                Save(optimizer, step, Read(lossSum, step), lossCount);
            cancel.ThrowIfCancellationRequested();
        }
        return new TrainResult(options.Steps, lastLoss, lastCheckpoint!, clock.GetElapsedTime(start));
    }

    private (int Step, int LossCount) Restore(IOptimizer optimizer, Tensor lossSum)
    {
        if (checkpoints.Newest(options.Fingerprint) is not { } newest) return (0, 0);
        using DisposeScope scope = NewDisposeScope();
        (IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, Tensor> moments) = CheckpointStore.Load(newest.Path);
        ModelWeights.Restore(ModelWeights.Of(objective.Modules), weights, newest.Path);
        ModelWeights.Restore(optimizer.State, moments, newest.Path);
        optimizer.NumSteps = newest.State.OptimizerSteps;
        using (no_grad()) lossSum.fill_(newest.State.LossSum);
        lastCheckpoint = newest.Path;
        logger.Resumed(newest.State.Step);
        return (newest.State.Step, newest.State.LossCount);
    }

    private void Save(IOptimizer optimizer, int step, float lossSum, int lossCount)
    {
        // The loss of the last step can be finite and its update not: a checkpoint must not hold such weights.
        using (DisposeScope scope = NewDisposeScope())
        using (no_grad())
        {
            Tensor finite = stack([.. objective.Parameters.Select(parameter => parameter.Value.sum())]).isfinite().all();
            if (!finite.item<bool>()) throw new NonFiniteLossException(step, lastCheckpoint);
        }
        var state = new TrainingState(step, optimizer.NumSteps, lossSum, lossCount, options.Fingerprint);
        lastCheckpoint = checkpoints.Save(state, ModelWeights.Of(objective.Modules), optimizer.State);
    }

    private float Read(Tensor lossSum, int step)
    {
        float sum = lossSum.item<float>(); // device sync, once per logging interval
        return float.IsFinite(sum) ? sum : throw new NonFiniteLossException(step, lastCheckpoint);
    }

    private void Report(int step, int first, double loss, TimeSpan elapsed)
    {
        double perStep = elapsed.TotalSeconds / (step - first);
        double rate = objective.BatchSize / perStep;
        logger.Metric("volumes_per_second", rate, step);
        logger.Progress(step, options.Steps, string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}, {rate:F1} volumes/s"), TimeSpan.FromSeconds(perStep * (options.Steps - step)));
    }
}
