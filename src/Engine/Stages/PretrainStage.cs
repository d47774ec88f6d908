using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Pre-training of an encoder by a pretext task.</summary>
public sealed class PretrainStage(PretrainConfig config, StageContext context)
{
    /// <summary>Trains encoder and decoder in place, on the dataset's images.</summary>
    /// <param name="dataset">Gives the images, its pre-training split.</param>
    /// <param name="encoder">Trained.</param>
    /// <param name="decoder">The pretext task, trained.</param>
    /// <param name="show">Takes a reconstruction every so often, with its step, and one at the end, without; not called for tasks that reconstruct nothing.</param>
    /// <param name="cancel">Stops after a checkpoint.</param>
    /// <exception cref="VolumeException">There is no image, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, Decoder decoder, Action<ReconstructionExample, int?> show, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(show);
        IReadOnlyList<DatasetCase> cases = StageData.PretrainingCases(dataset, config.Data);
        var length = new TrainingLength(config, cases.Count);
        using IBatchSource batches = StageData.Open(cases, config.Data, dataset.Info, withLabels: false, context, cancel);
        var objective = new PretrainObjective(encoder, decoder, batches, config.MaskRatio, context.Seed, context.Device);
        encoder.train();
        decoder.train();
        using var example = new ReconstructionSource(encoder, decoder, objective, length.Steps * config.GradAccumulation);
        return StageTraining.Run(config, context, objective, length, null, Show, cancel);

        void Show(int? step)
        {
            if (example.Reconstruct() is { } reconstruction) show(reconstruction, step);
        }
    }
}
