using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Pre-training of an encoder by a pretext task.</summary>
public sealed class PretrainStage : IDisposable
{
    private readonly PretrainConfig config;
    private readonly StageContext context;
    private readonly Encoder encoder;
    private readonly Decoder decoder;
    private readonly IBatchSource batches;
    private readonly PretrainObjective objective;

    /// <summary>Prepares the stage; no image is read yet.</summary>
    /// <param name="config">Steps, data, optimiser.</param>
    /// <param name="context">Seed, device, folder.</param>
    /// <param name="dataset">Gives the images, its pre-training split.</param>
    /// <param name="encoder">Trained in place.</param>
    /// <param name="decoder">The pretext task, trained in place.</param>
    /// <exception cref="VolumeException">There is no image.</exception>
    public PretrainStage(PretrainConfig config, StageContext context, Dataset dataset, Encoder encoder, Decoder decoder)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(dataset);
        this.config = config;
        this.context = context;
        this.encoder = encoder;
        this.decoder = decoder;
        batches = Batches(dataset);
        objective = new PretrainObjective(encoder, decoder, batches, config.MaskRatio, context.Seed, context.Device);
    }

    /// <summary>Trains encoder and decoder.</summary>
    /// <exception cref="VolumeException">An image cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public TrainResult Run(CancellationToken cancel)
    {
        var options = new TrainerOptions(
            config.Steps, config.LogEvery, config.CheckpointEvery, config.Optimizer, config.Schedule.WarmupSteps, context.Fingerprint, context.Threads);
        encoder.train();
        decoder.train();
        return new Trainer(objective, options, context.Checkpoints, context.Logger, context.Clock).Run(cancel);
    }

    /// <summary>A crop, what was hidden of it and what was made of that, to look at; null for tasks that reconstruct nothing.</summary>
    /// <returns>[C, X, Y, Z] each, first channel first.</returns>
    public (float[] Input, float[] Masked, float[] Reconstructed)? Example()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        encoder.eval();
        decoder.eval();
        PretextBatch batch = objective.Batch(config.Steps);
        if (decoder.Reconstruct(encoder, batch) is not { } reconstruction) return null;
        return (First(batch.Volumes), First(reconstruction.Masked), First(reconstruction.Volumes));
    }

    /// <summary>Frees the batches.</summary>
    public void Dispose() => batches.Dispose();

    private IBatchSource Batches(Dataset dataset)
    {
        DatasetCase[] cases = [.. dataset.Cases(DatasetSplit.Pretraining)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no images to pre-train on.");
        return StageData.Open([.. cases.Select(one => new UnlabelledCase(one))], config.Data, dataset.Info, withLabels: false, context.CacheBytes, context.Seed, context.Device);
    }

    private static float[] First(Tensor volumes) => volumes[0].cpu().contiguous().data<float>().ToArray();
}
