using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Callbacks;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Pre-training of an encoder by a pretext task.</summary>
public sealed class PretrainStage(PretrainConfig config, TrainingContext context)
{
    /// <summary>Trains encoder and decoder in place on the dataset's images.</summary>
    /// <param name="dataset">The dataset; its pre-training split is used.</param>
    /// <param name="encoder">The encoder to train.</param>
    /// <param name="decoder">The pretext task, which is trained too.</param>
    /// <param name="show">Called at intervals with a reconstruction and the step, and at the end with a reconstruction and no step. Never called for tasks that reconstruct nothing.</param>
    /// <param name="cancel">Stops the training; a checkpoint is written first.</param>
    /// <exception cref="VolumeException">The dataset has no image, or one cannot be read.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped; a checkpoint was written.</exception>
    public TrainResult Run(Dataset dataset, Encoder encoder, PretextTask decoder, Action<ReconstructionExample, int?> show, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(show);
        IReadOnlyList<DatasetCase> cases = StageData.PretrainingCases(dataset, config.Data);
        IReadOnlyList<CropPlace> places = (config.Decoder as ICropPlaces)?.Places() ?? [];
        if (places.Count > 0) cases = StageData.WithPlaces(cases, places, dataset.Info.Name);
        IReadOnlyList<DatasetCase> heldOut = [];
        if (config.Validation is { } wanted) (cases, heldOut) = HeldOutCases.Of(cases, wanted, $"'{dataset.Info.Name}' to pre-train on");
        var length = new TrainingLength(config, cases.Count);
        using IBatchSource batches = StageData.Open(cases, config.Data, dataset.Info, withLabels: false, config.GradAccumulation, context, cancel, places);
        using var objective = new PretrainObjective(encoder, decoder, batches, config, length, context.Stage.Seed, context.Stage.Device, places.Count > 0);
        using PretrainValidation? validation = config.Validation is null ? null : PretrainValidation.Create(config, context.Stage, dataset.Info, heldOut, encoder, decoder, length, places, cancel);
        ValidationCallback? callback = validation is null ? null : new ValidationCallback(ValidationRule.Of(config.Validation!), validation.MeanLoss);
        encoder.train();
        decoder.train();
        using var example = new ReconstructionSource(encoder, decoder, objective, length.Steps * config.GradAccumulation);
        return StageTraining.Run(config, context, objective, length, callback, Show, cancel);

        void Show(int? step)
        {
            if (example.Reconstruct() is { } reconstruction) show(reconstruction, step);
        }
    }
}
