using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Pre-training of an encoder by a pretext task.</summary>
public sealed class PretrainStage(PretrainConfig config, StageContext context)
{
    /// <summary>Trains encoder and decoder in place, on the images of the dataset's pre-training split.</summary>
    /// <exception cref="VolumeException">There is no image, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, Decoder decoder, CancellationToken cancel)
    {
        BatchSource batches = Batches(dataset);
        var objective = new PretrainObjective(encoder, decoder, batches, config.Data.Crop, config.MaskRatio, context.Seed, context.Device);
        var options = new TrainerOptions(
            config.Steps, config.LogEvery, config.CheckpointEvery, config.Optimizer, config.Schedule.WarmupSteps, context.Fingerprint, context.Threads);
        encoder.train();
        decoder.train();
        return new Trainer(objective, options, context.Checkpoints, context.Logger, context.Clock).Run(cancel);
    }

    /// <summary>A crop, what was hidden of it and what was made of that, to look at; null for tasks that reconstruct nothing.</summary>
    /// <returns>[C, X, Y, Z] each, first channel first.</returns>
    public (float[] Input, float[] Masked, float[] Reconstructed)? Example(Dataset dataset, Encoder encoder, Decoder decoder)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        BatchSource batches = Batches(dataset);
        var objective = new PretrainObjective(encoder, decoder, batches, config.Data.Crop, config.MaskRatio, context.Seed, context.Device);
        encoder.eval();
        decoder.eval();
        PretextBatch batch = objective.Batch(config.Steps);
        if (decoder.Reconstruct(encoder, batch) is not { } reconstruction) return null;
        return (First(batch.Volumes), First(reconstruction.Masked), First(reconstruction.Volumes));
    }

    private BatchSource Batches(Dataset dataset)
    {
        DatasetCase[] cases = [.. dataset.Cases(DatasetSplit.Pretraining)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no images to pre-train on.");
        // Labels are not read in pre-training, whatever the dataset has.
        var preparer = new CasePreparer(config.Data, int.MaxValue);
        var cache = new CaseCache([.. cases.Select(one => new UnlabelledCase(one))], preparer, context.CacheBytes);
        // The batches outlive a request to stop: the step under way is finished and saved.
        return new BatchSource(cache, config.Data, dataset.Info.ChannelNames.Count, withLabels: false, context.Seed, CancellationToken.None);
    }

    private static float[] First(Tensor volumes) => volumes[0].cpu().contiguous().data<float>().ToArray();
}
