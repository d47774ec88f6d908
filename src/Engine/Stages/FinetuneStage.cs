using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Fine-tuning of an encoder with a segmentation head on few labelled cases.</summary>
public sealed class FinetuneStage(FinetuneConfig config, StageContext context)
{
    /// <summary>Trains encoder and head in place, on the first <see cref="FinetuneConfig.NumCases"/> cases of the dataset's training split.</summary>
    /// <exception cref="VolumeException">There are too few labelled cases, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, CancellationToken cancel)
    {
        DatasetCase[] labelled = [.. dataset.Cases(DatasetSplit.Training).Where(one => one.HasLabel)];
        if (labelled.Length == 0 || labelled.Length < config.NumCases)
            throw new VolumeException($"Dataset '{dataset.Info.Name}' has {labelled.Length} labelled training cases; {Math.Max(1, config.NumCases)} are asked for.");
        DatasetCase[] used = config.NumCases == 0 ? labelled : labelled[..config.NumCases];
        context.Logger.Note($"Labelled cases: {string.Join(", ", used.Select(one => one.Id))}.");
        using IBatchSource batches = StageData.Open(used, config.Data, dataset.Info, withLabels: true, context.CacheBytes, context.Seed, context.Device);
        var options = new TrainerOptions(
            config.Steps, config.LogEvery, config.CheckpointEvery, config.Optimizer, config.Schedule.WarmupSteps, context.Fingerprint, context.Threads);
        // A frozen encoder is the one that evaluation sees: nothing in it drops out.
        encoder.train(!head.FreezesEncoder);
        head.train();
        var objective = new FinetuneObjective(encoder, head, batches, context.Seed, context.Device);
        return new Trainer(objective, options, context.Checkpoints, context.Logger, context.Clock).Run(cancel);
    }
}
