using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Tracking;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Execution;

/// <summary>
/// Builds every model that an experiment trains, and runs one forward and backward pass of each on random crops. Components that do not fit are found here,
/// before the first stage, and not after hours of pre-training. Start weights that are missing, damaged or of another model are found here too. Nothing is written, and models with equal configs are rehearsed once.
/// </summary>
/// <param name="factory">Creates components.</param>
/// <param name="device">Device of the models.</param>
internal sealed class Rehearsal(ComponentFactory factory, Device device)
{
    // Two crops show a batch dimension that is lost or mixed up.
    private const int MostCrops = 2;
    private readonly HashSet<string> done = new(StringComparer.Ordinal);

    /// <summary>Opens the datasets of experiments and rehearses their models.</summary>
    /// <param name="experiments">The combinations of a file.</param>
    /// <param name="catalog">The plugins.</param>
    /// <param name="device">Device of the models; null for the one that the first experiment names.</param>
    /// <param name="getVariable">Returns environment variables.</param>
    /// <param name="warn">Receives the datasets' warnings.</param>
    /// <param name="cancel">Stops the listing of files.</param>
    /// <exception cref="PluginException">A component cannot be made, or a model fails.</exception>
    /// <exception cref="VolumeException">A dataset does not match its config.</exception>
    /// <exception cref="UserException">A fine-tuning starts from a path that does not exist.</exception>
    /// <exception cref="CheckpointException">A fine-tuning starts from weights that are damaged or do not fit.</exception>
    public static void RunAll(IReadOnlyList<LoadedExperiment> experiments, PluginCatalog catalog, string? device, Func<string, string?> getVariable, Action<string> warn, CancellationToken cancel)
    {
        if (experiments.Count == 0) return;
        var factory = new ComponentFactory(catalog);
        var rehearsal = new Rehearsal(factory, DeviceChoice.Prepare(device ?? experiments[0].Config.Device, getVariable));
        // Opening a dataset lists its files and reads the headers of the cases that are used. Combinations of a sweep mostly use the same ones.
        var opened = new Dictionary<string, RunDatasets>(StringComparer.Ordinal);
        foreach (ExperimentConfig config in experiments.Select(experiment => experiment.Config))
        {
            string key = string.Join('\n', Text(config.Pretrain?.Data), Text(config.Finetune?.Data), config.Finetune?.NumCases, Text(config.Finetune?.Validation), Text(config.Evaluate));
            if (!opened.TryGetValue(key, out RunDatasets? datasets)) opened[key] = datasets = RunDatasets.Open(config, factory, warn, cancel);
            rehearsal.Run(config, datasets, StartWeights.OnDisk(StagePlan.Of(config)));
        }
        // A sweep waits for its stages for hours and needs no tensors in that time. The stages need the memory.
        TensorMemory.ReleaseUnused();
    }

    /// <summary>Rehearses the models of an experiment.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="datasets">Its datasets, which say how many channels and classes the models have.</param>
    /// <param name="starts">Weights that its fine-tunings start from.</param>
    /// <exception cref="PluginException">A component cannot be made, or the model fails. The message names the components and the failure.</exception>
    /// <exception cref="CheckpointException">Weights to start from are damaged or do not fit.</exception>
    public void Run(ExperimentConfig config, RunDatasets datasets, StartWeights starts)
    {
        var models = new ModelFactory(config, factory, device);
        if (config.Pretrain is { } pretrain)
        {
            int channels = datasets.Pretraining!.Info.ChannelNames.Count;
            Once($"{Text(config.Encoder)} {Text(pretrain.Decoder)} {pretrain.Data.Crop} {pretrain.MaskRatio} {channels}", () => Pretraining(models, config, channels));
        }
        if (config.Finetune is { } finetune)
        {
            DatasetInfo info = datasets.Labelled!.Info;
            Once($"{Text(config.Encoder)} {Text(finetune.Head)} {finetune.Data.Crop} {info.ChannelNames.Count} {info.NumOutputs}",
                () => Segmentation(models, config, info.ChannelNames.Count, info.NumOutputs));
            foreach ((string name, string path) in starts.Paths)
                Once($"{Text(config.Encoder)} {Text(finetune.Head)} {finetune.Data.Crop} {finetune.Inflate} {info.ChannelNames.Count} {info.NumOutputs} {path}", () => Start(models, finetune, info, name, path));
        }
    }

    private void Once(string key, Action rehearse)
    {
        if (!done.Add(key)) return;
        using DisposeScope scope = NewDisposeScope();
        rehearse();
    }

    private void Pretraining(ModelFactory models, ExperimentConfig config, int channels)
    {
        PretrainConfig pretrain = config.Pretrain!;
        string what = $"the decoder '{pretrain.Decoder.Plugin}' on the encoder '{config.Encoder.Plugin}'";
        Attempt(what, StageKind.Pretrain, pretrain, config, () =>
        {
            (Encoder encoder, PretextTask task) = models.Pretraining(channels);
            using Encoder first = encoder;
            using PretextTask second = task;
            // A task without a token mask may compare the crops of a batch with one another, so it gets all of them.
            int crops = task.UsesMask ? Crops(pretrain.Data) : pretrain.Data.Volumes * pretrain.Data.CropsPerVolume;
            TokenMask? mask = RandomMasking.For(encoder, task, crops, pretrain.MaskRatio, config.Seed, 0, device);
            var batch = new PretextBatch(Volumes(pretrain.Data, channels, crops), mask)
            {
                Classes = PretextContexts.Classes(pretrain.Decoder, crops, device),
                Masks = (cells, visible) => RandomMasking.Draw(crops, cells, visible, config.Seed, 0, device),
            };
            Tensor loss = task.Loss(encoder, batch);
            if (loss.numel() != 1) throw new PluginException($"{what}: the loss has the shape {Shape(loss)}; it must be one number.");
            loss.backward();
            CheckPictures(what, encoder, task, batch);
        });
    }

    // Pictures are drawn during the training, so the reconstruction that they show is checked before it.
    private static void CheckPictures(string what, Encoder encoder, PretextTask task, PretextBatch batch)
    {
        using IDisposable noGrad = no_grad();
        encoder.eval();
        task.eval();
        if (task.Reconstruct(encoder, batch) is not { } reconstruction) return;
        foreach (Tensor shown in new[] { reconstruction.Masked, reconstruction.Volumes })
        {
            if (shown.dim() != batch.Volumes.dim() || !shown.shape.AsSpan(2).SequenceEqual(batch.Volumes.shape.AsSpan(2)))
                throw new PluginException($"{what}: a reconstruction has the shape {Shape(shown)}; it must have the size of the crops, {Shape(batch.Volumes)}.");
        }
    }

    private void Segmentation(ModelFactory models, ExperimentConfig config, int channels, int outputs)
    {
        FinetuneConfig finetune = config.Finetune!;
        string what = $"the head '{finetune.Head.Plugin}' on the encoder '{config.Encoder.Plugin}'";
        Attempt(what, StageKind.Finetune, finetune, config, () =>
        {
            SegmentationModel model = models.Segmentation(channels, outputs);
            using Encoder first = model.Encoder;
            using SegmentationHead second = model.Head;
            Size3 crop = finetune.Data.Crop;
            Tensor volumes = Volumes(finetune.Data, channels, Crops(finetune.Data));
            Tensor logits = model.Head.Segment(volumes, model.Encoder.Encode(volumes, model.Head.HiddenBlocks)); // [B, K, X, Y, Z]
            long[] wanted = [volumes.shape[0], outputs, crop.X, crop.Y, crop.Z];
            if (!logits.shape.SequenceEqual(wanted)) throw new PluginException($"{what}: the logits have the shape {Shape(logits)}; they must be [{string.Join(", ", wanted)}], that is crops, classes, x, y, z.");
            // Any loss shows whether gradients come through.
            logits.square().mean().backward();
        });
    }

    private static void Start(ModelFactory models, FinetuneConfig finetune, DatasetInfo info, string name, string path)
    {
        SegmentationModel model = models.Segmentation(info.ChannelNames.Count, info.NumOutputs);
        using Encoder first = model.Encoder;
        using SegmentationHead second = model.Head;
        try
        {
            using WeightFile file = WeightFile.Open(path);
            WeightTransfer.Fill(model.Encoder, model.Head, (model.Encoder.Info as TokenEncoderInfo)?.Grid, file, finetune.OfficialFaults, finetune.Inflate);
        }
        catch (CheckpointException error)
        {
            throw new CheckpointException($"finetune.init: '{name}' cannot be used: {error.Message} Nothing was computed or written.", error);
        }
    }

    private static void Attempt(string what, StageKind kind, TrainingConfig training, ExperimentConfig config, Action pass)
    {
        try
        {
            pass();
        }
        catch (Exception error) when (OutOfMemory.IsSaidBy(error))
        {
            throw OutOfMemory.InTraining(kind, training, config, error);
        }
        catch (Exception error) when (error is not (PluginException or OperationCanceledException))
        {
            Size3 crop = training.Data.Crop;
            string place = PluginFault.Of(error) is { } fault ? $" in {fault.Method} of plugin '{fault.Plugin}' {fault.Version}" : "";
            throw new PluginException(
                $"A trial pass of {what} failed{place}, on random crops of {crop.X} x {crop.Y} x {crop.Z}: {OutOfMemory.FirstLine(error)}. Nothing was computed or written. Choose components that fit each other, or mend the plugin.", error);
        }
    }

    private Tensor Volumes(DataConfig data, int channels, int crops) => rand([crops, channels, data.Crop.X, data.Crop.Y, data.Crop.Z], device: device);

    private static int Crops(DataConfig data) => Math.Min(MostCrops, data.Volumes * data.CropsPerVolume);

    private static string Text(IConfigSection? config) => config is null ? "" : TomlText.Document(config.ToTable());

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
