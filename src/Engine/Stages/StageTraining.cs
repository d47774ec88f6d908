using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Engine.Weights;

namespace HiEndMae.Engine.Stages;

/// <summary>Puts the loop of a stage together: its length, its callbacks in their order, its checkpoints; and sums up what it did.</summary>
internal static class StageTraining
{
    /// <summary>Trains.</summary>
    /// <param name="config">Of the stage.</param>
    /// <param name="context">Of the stage.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="length">Steps and epochs.</param>
    /// <param name="validation">Where the stage validates.</param>
    /// <param name="show">Draws a picture; null where nothing can be shown.</param>
    /// <param name="cancel">Stops after a checkpoint.</param>
    public static TrainResult Run(
        ITrainingConfig config, StageContext context, IObjective objective, TrainingLength length, ValidationCallback? validation, Action<int?>? show, CancellationToken cancel)
    {
        PeakMemory.Restart();
        var log = new StepLog();
        var guard = new BadStepGuard(Path.Combine(context.Folder, "bad-steps"), config.MaxBadSteps);
        var spikes = new SpikeDetector();
        List<TrainingCallback> callbacks = [guard, spikes, log];
        if (validation is not null) callbacks.Add(validation);
        if (show is not null) callbacks.Add(new FigureCallback(config.FiguresEvery, show));
        callbacks.Add(new TimeBudgetCallback(context.Budget));
        TrainerOptions options = TrainerOptions.Of(config, length, context.Identity, context.Threads) with { Precision = new StepPrecision(context.Precision, context.Device) };
        CheckpointStore checkpoints = context.Checkpoints(new Retention(config.KeepCheckpoints, config.KeepEvery));
        TrainResult result = new Trainer(objective, options, callbacks, checkpoints, context.Logger, context.Clock).Run(cancel);
        StepPhase[] training = [StepPhase.DataWait, StepPhase.Forward, StepPhase.Backward, StepPhase.Optimizer, StepPhase.Logging];
        return result with
        {
            LastLoss = log.LastLoss,
            BadSteps = guard.Total,
            LossSpikes = spikes.Total,
            Best = validation?.Best,
            VolumesPerSecond = (double)result.Steps * objective.BatchSize * config.GradAccumulation / training.Sum(phase => result.Seconds[phase]),
            PeakMemoryBytes = PeakMemory.Bytes(),
        };
    }
}
