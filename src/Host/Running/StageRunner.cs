using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using HiEndMae.Host.Figures;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Host.Running;

/// <summary>Builds the models of a stage, runs it, and keeps what it leaves: checkpoints, pictures, results.</summary>
internal sealed class StageRunner(
    ExperimentConfig config, RunDirectory directory, TrackedExperiment tracked, ComponentFactory factory, Device device, int threads, string fingerprint,
    HostEnvironment environment, bool quiet, Dataset? pretraining, Dataset? labelled)
{
    // A quarter of the memory for prepared scans: models, activations and the page cache need the rest.
    private readonly long cacheBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    /// <summary>Runs one stage; one that was finished by an earlier run of this directory is restored instead.</summary>
    public void Run(StagePlan stage, ExperimentResults results, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        TrackedRun run = tracked.OpenStage(stage);
        StageProgress.Run(environment, quiet, stage.Name, progress =>
        {
            using DisposeScope scope = NewDisposeScope();
            var logger = new StageLogger(stage.Name, directory, progress, run, environment.Clock);
            var context = new StageContext(config.Seed, device, threads, fingerprint, directory.File(stage.Name), cacheBytes, logger, environment.Clock);
            // Every stage starts from its own seed: leaving one out changes no other.
            manual_seed(config.Seed);
            switch (stage.Kind)
            {
                case "pretrain":
                    results.Trainings[stage.Name] = Pretrain(context, run, cancel);
                    break;
                case "finetune":
                    results.Trainings[stage.Name] = Finetune(stage, context, run, cancel);
                    break;
                default:
                    results.Evaluations[stage.Label] = Evaluate(stage, context, run, results.LabelNames, cancel);
                    break;
            }
            logger.Flush();
        });
        tracked.FinishStage(run);
    }

    private TrainResult Pretrain(StageContext context, TrackedRun run, CancellationToken cancel)
    {
        PretrainConfig pretrain = config.Pretrain!;
        Dataset dataset = pretraining!;
        Encoder encoder = CreateEncoder(dataset, pretrain.Data, EncoderUse.Pretraining);
        Decoder decoder = factory.Create<Decoder>(Slot.Decoder, pretrain.Decoder, new DecoderContext(encoder.Info, pretrain.Data.Crop));
        decoder.to(device);
        using var stage = new PretrainStage(pretrain, context, dataset, encoder, decoder);
        TrackedExperiment.LogInputs(run, dataset, pretrain.Data, DatasetSplit.Pretraining);
        TrainResult result = stage.Run(cancel);
        tracked.LogCheckpoint(run, "pretrain", result.Checkpoint);
        if (stage.Example() is { } example)
        {
            Size3 crop = pretrain.Data.Crop;
            string path = directory.File("figures/reconstruction.png");
            PanelWriter.Write(path, [new Panel(crop, example.Input), new Panel(crop, example.Masked), new Panel(crop, example.Reconstructed)], new Size3(crop.X / 2, crop.Y / 2, crop.Z / 2));
            run.LogArtifact(path, "figures");
        }
        return result;
    }

    private TrainResult Finetune(StagePlan stage, StageContext context, TrackedRun run, CancellationToken cancel)
    {
        FinetuneConfig finetune = config.Finetune!;
        (Encoder encoder, SegmentationHead head) = CreateSegmenter();
        if (stage.Start != "scratch")
        {
            string path = stage.Start == "pretrain" ? directory.File("pretrain/checkpoints") : stage.Start;
            using WeightFile file = WeightFile.Open(path);
            // The head of another model comes along only where a checkpoint of one is named.
            TransferReport report = WeightTransfer.Fill(encoder, head, (encoder.Info as TokenEncoderInfo)?.Grid, file);
            context.Logger.Note($"{stage.Name}: from '{path}': {report}.");
        }
        TrackedExperiment.LogInputs(run, labelled!, finetune.Data, DatasetSplit.Training, DatasetSplit.Validation);
        TrainResult result = new FinetuneStage(finetune, context).Run(labelled!, encoder, head, cancel);
        tracked.LogCheckpoint(run, stage.Name, result.Checkpoint);
        return result;
    }

    private EvaluationResult Evaluate(StagePlan stage, StageContext context, TrackedRun run, IReadOnlyList<string> labels, CancellationToken cancel)
    {
        (Encoder encoder, SegmentationHead head) = CreateSegmenter();
        string checkpoint = directory.File($"finetune-{stage.Label}/checkpoints");
        var modules = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["head"] = head };
        ModelWeights.Restore(ModelWeights.Of(modules), CheckpointStore.LoadWeights(checkpoint), checkpoint);
        TrackedExperiment.LogInputs(run, labelled!, config.Finetune!.Data, DatasetSplit.Test);
        EvaluationResult result = new EvaluateStage(config.Evaluate!, config.Finetune!.Data, context).Run(labelled!, encoder, head, Show, cancel);
        TrackedExperiment.LogEvaluation(run, result, labels, environment.Clock.GetUtcNow());
        return result;

        void Show(SegmentedCase segmented)
        {
            Volume<float> image = segmented.Case.Image;
            float[] first = image.Channel(0).ToArray();
            ushort[] truth = segmented.Case.Label!.Voxels;
            string path = directory.File($"figures/{stage.Name}-{RunDirectory.SafeName(segmented.Case.Id)}.png");
            PanelWriter.Write(path, [new Panel(image.Size, first), new Panel(image.Size, first, truth), new Panel(image.Size, first, segmented.Prediction.Voxels)],
                PanelWriter.CentreOf(image.Size, truth));
            run.LogArtifact(path, "figures");
            if (!config.Tracking.Predictions) return;
            string labels = directory.File($"predictions/{stage.Name}-{RunDirectory.SafeName(segmented.Case.Id)}.nii.gz");
            Directory.CreateDirectory(Path.GetDirectoryName(labels)!);
            NiftiWriter.Write(labels, segmented.Prediction, cancel);
            run.LogArtifact(labels, "predictions");
        }
    }

    private (Encoder Encoder, SegmentationHead Head) CreateSegmenter()
    {
        FinetuneConfig finetune = config.Finetune!;
        Encoder encoder = CreateEncoder(labelled!, finetune.Data, EncoderUse.Segmentation);
        SegmentationHead head = factory.Create<SegmentationHead>(Slot.Head, finetune.Head, new HeadContext(encoder.Info, finetune.Data.Crop, labelled!.Info.LabelNames.Count));
        head.to(device);
        return (encoder, head);
    }

    private Encoder CreateEncoder(Dataset dataset, DataConfig data, EncoderUse use)
    {
        Encoder encoder = factory.Create<Encoder>(Slot.Encoder, config.Encoder, new EncoderContext(dataset.Info.ChannelNames.Count, data.Crop, use));
        encoder.to(device);
        return encoder;
    }
}
