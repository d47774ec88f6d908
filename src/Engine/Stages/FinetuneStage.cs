using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Fine-tuning of an encoder with a segmentation head on few labelled cases.</summary>
public sealed class FinetuneStage(FinetuneConfig config, TrainingContext context)
{
    /// <summary>Trains encoder and head in place on the first <see cref="FinetuneConfig.NumCases"/> cases of the dataset's training split.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="encoder">The encoder to train; a frozen one is not changed.</param>
    /// <param name="head">The head to train.</param>
    /// <param name="show">Called at intervals with a segmented validation case and the step, and at the end with a case and no step. Never called if there is no validation case.</param>
    /// <param name="cancel">Stops the training; a checkpoint is written first.</param>
    /// <exception cref="VolumeException">There are too few labelled cases, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, Action<SegmentedCase, int?> show, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(show);
        IReadOnlyList<DatasetCase> used = StageData.LabelledCases(dataset, config);
        var length = new TrainingLength(config, used.Count);
        using IBatchSource batches = StageData.Open(used, config.Data, dataset.Info, withLabels: true, config.GradAccumulation, context, cancel);
        // A frozen encoder must compute the same as in evaluation, so it runs without dropout.
        bool frozen = config.FreezeEncoder || head.FreezesEncoder;
        encoder.train(!frozen);
        head.train();
        var objective = new FinetuneObjective(encoder, head, frozen, dataset.Info, config, batches, context.Stage.Seed, context.Stage.Device);
        using FinetuneValidation? validation = FinetuneValidation.Create(config, context.Stage, dataset, encoder, head);
        ValidationCallback? callback = config.Validation is { } wanted ? new ValidationCallback(wanted, validation!.MeanDice) : null;
        return StageTraining.Run(config, context, objective, length, callback, validation is null ? null : step => show(validation.SegmentFirst(), step), cancel);
    }
}
