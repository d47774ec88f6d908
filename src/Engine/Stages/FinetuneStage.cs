using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Fine-tuning of an encoder with a segmentation head on few labelled cases.</summary>
public sealed class FinetuneStage(FinetuneConfig config, StageContext context)
{
    /// <summary>Trains encoder and head in place, on the first <see cref="FinetuneConfig.NumCases"/> cases of the dataset's training split.</summary>
    /// <param name="dataset">Gives the labelled cases.</param>
    /// <param name="encoder">Trained, unless it is frozen.</param>
    /// <param name="head">Trained.</param>
    /// <param name="show">Takes a segmented validation case every so often, with its step, and one at the end, without; not called where there is no validation case.</param>
    /// <param name="cancel">Stops after a checkpoint.</param>
    /// <exception cref="VolumeException">There are too few labelled cases, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, Action<SegmentedCase, int?> show, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(show);
        IReadOnlyList<DatasetCase> used = StageData.LabelledCases(dataset, config);
        var length = new TrainingLength(config, used.Count);
        using IBatchSource batches = StageData.Open(used, config.Data, dataset.Info, withLabels: true, context, cancel);
        // A frozen encoder is the one that evaluation sees: nothing in it drops out.
        bool frozen = config.FreezeEncoder || head.FreezesEncoder;
        encoder.train(!frozen);
        head.train();
        var objective = new FinetuneObjective(encoder, head, frozen, config, batches, context.Seed, context.Device);
        FinetuneValidation? validation = FinetuneValidation.Create(config, context, dataset, encoder, head);
        ValidationCallback? callback = config.Validation is { } wanted ? new ValidationCallback(wanted, validation!.MeanDice) : null;
        return StageTraining.Run(config, context, objective, length, callback, validation is null ? null : step => show(validation.SegmentFirst(), step), cancel);
    }
}
