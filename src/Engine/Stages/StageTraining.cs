using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Engine.Weights;

namespace HiEndMae.Engine.Stages;

/// <summary>Puts the trainer of a stage together: its length, its callbacks in their order, its checkpoints.</summary>
internal static class StageTraining
{
    /// <summary>Trains.</summary>
    /// <param name="config">Config of the stage.</param>
    /// <param name="context">Context of the stage.</param>
    /// <param name="objective">The objective to minimise.</param>
    /// <param name="length">Steps and epochs.</param>
    /// <param name="validation">Validates; null if the stage does not.</param>
    /// <param name="show">Draws a picture; null if nothing can be shown.</param>
    /// <param name="cancel">Stops the training; a checkpoint is written first.</param>
    public static TrainResult Run(
        TrainingConfig config, TrainingContext context, IObjective objective, TrainingLength length, ValidationCallback? validation, Action<int?>? show, CancellationToken cancel)
    {
        StageContext stage = context.Stage;
        bool isFirst = stage.Group.IsFirst();
        List<TrainingCallback> callbacks = [new BadStepGuard(isFirst ? Path.Combine(context.Folder, "bad-steps") : null, config.MaxBadSteps), new SpikeDetector(), new StepLog()];
        if (validation is not null) callbacks.Add(validation);
        if (show is not null && isFirst) callbacks.Add(new FigureCallback(config.FiguresEvery, show));
        if (config.MaxTime is { } most) callbacks.Add(new MaxTimeCallback(most));
        callbacks.Add(new TimeBudgetCallback(context.Budget));
        Precision precision = context.Precision == Precision.Auto ? RecordedPrecision.Of(config, context, objective, cancel) : context.Precision;
        TrainerOptions options = TrainerOptions.Of(config, length, context.Identity, context.Threads) with { Precision = new StepPrecision(precision, stage.Device), Group = stage.Group };
        CheckpointStore checkpoints = context.Checkpoints(new Retention(config.KeepCheckpoints, config.KeepEvery));
        return new Trainer(objective, options, callbacks, checkpoints, stage.Logger, stage.Clock).Run(cancel);
    }
}
