using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Results;
using HiEndMae.Runs.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Execution;

/// <summary>Builds the models of a stage, runs it, and keeps what it leaves: checkpoints, pictures, results.</summary>
internal sealed class StageRunner(
    ExperimentConfig config, RunDirectory directory, TrackedExperiment tracked, ComponentFactory factory, Device device, int threads, RunIdentity identity, TimeBudget budget,
    DataServices data, RunEnvironment environment, IRunReporter reporter, IFigureWriter figures, Dataset? pretraining, Dataset? labelled, StartWeights starts)
{
    /// <summary>Runs one stage; one that was finished by an earlier run of this directory is restored instead.</summary>
    public void Run(StagePlan stage, ExperimentResults results, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (budget.Spent() is { } spent) throw spent;
        TrackedRun run = tracked.OpenStage(stage);
        reporter.WithProgress(stage.Name, progress =>
        {
            using DisposeScope scope = NewDisposeScope();
            var logger = new StageLogger(stage.Name, directory, progress, run, reporter, environment.Clock);
            var pictures = new StageFigures(directory, run, figures, labelled?.Info.LabelNames ?? []);
            var context = new StageContext(config.Seed, device, threads, identity, directory.File(stage.Name), data, budget, logger, environment.Clock) { Precision = config.Precision };
            // Every stage starts from its own seed: leaving one out changes no other.
            manual_seed(config.Seed);
            try
            {
                switch (stage.Kind)
                {
                    case "pretrain":
                        results.Trainings[stage.Name] = Pretrain(context, pictures, run, cancel);
                        break;
                    case "finetune":
                        results.Trainings[stage.Name] = Finetune(stage, context, pictures, run, cancel);
                        break;
                    default:
                        results.Evaluations[stage.Label] = Evaluate(stage, context, pictures, run, results.LabelNames, cancel);
                        break;
                }
            }
            catch (Exception error) when (OutOfMemory.IsSaidBy(error))
            {
                throw stage.Kind switch
                {
                    "pretrain" => OutOfMemory.InTraining(stage.Kind, config.Pretrain!, config, error),
                    "finetune" => OutOfMemory.InTraining(stage.Kind, config.Finetune!, config, error),
                    _ => OutOfMemory.InEvaluation(config.Evaluate!, error),
                };
            }
            logger.Flush();
        });
        tracked.FinishStage(run);
    }

    private TrainResult Pretrain(StageContext context, StageFigures pictures, TrackedRun run, CancellationToken cancel)
    {
        PretrainConfig pretrain = config.Pretrain!;
        Dataset dataset = pretraining!;
        Encoder encoder = CreateEncoder(dataset, pretrain.Data, EncoderUse.Pretraining);
        Decoder decoder = factory.Create<Decoder>(Slot.Decoder, pretrain.Decoder, new DecoderContext(encoder.Info, pretrain.Data.Crop));
        decoder.to(device);
        TrackedExperiment.LogInputs(run, dataset, pretrain.Data, DatasetSplit.Pretraining);
        TrainResult result = new PretrainStage(pretrain, context).Run(dataset, encoder, decoder, (example, step) => pictures.Reconstruction(example, pretrain.Data.Crop, step), cancel);
        tracked.LogCheckpoint(run, "pretrain", result.Checkpoint);
        return result;
    }

    private TrainResult Finetune(StagePlan stage, StageContext context, StageFigures pictures, TrackedRun run, CancellationToken cancel)
    {
        FinetuneConfig finetune = config.Finetune!;
        (Encoder encoder, SegmentationHead head) = CreateSegmenter();
        if (stage.Start != "scratch")
        {
            string path = stage.Start == "pretrain" ? directory.File("pretrain/checkpoints") : stage.Start;
            using WeightFile file = WeightFile.Open(starts.PathOf(path));
            // The head of another model comes along only where a checkpoint of one is named.
            TransferReport report = WeightTransfer.Fill(encoder, head, (encoder.Info as TokenEncoderInfo)?.Grid, file);
            context.Logger.Note($"{stage.Name}: from '{path}': {report}.");
        }
        TrackedExperiment.LogInputs(run, labelled!, finetune.Data, DatasetSplit.Training, DatasetSplit.Validation);
        TrainResult result = new FinetuneStage(finetune, context).Run(labelled!, encoder, head, (segmented, step) => pictures.Segmentation(stage.Name, segmented, step), cancel);
        string chosen = CheckpointStore.BestOf(directory.File($"{stage.Name}/checkpoints")) ?? result.Checkpoint;
        tracked.LogCheckpoint(run, stage.Name, chosen);
        tracked.LogModel(run, stage, chosen);
        return result;
    }

    private EvaluationResult Evaluate(StagePlan stage, StageContext context, StageFigures pictures, TrackedRun run, IReadOnlyList<string> labels, CancellationToken cancel)
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
            string name = $"{stage.Name}-{RunDirectory.SafeName(segmented.Case.Id)}";
            pictures.Segmentation(name, segmented);
            pictures.Slices(name, stage.Label, segmented);
            if (!config.Tracking.Predictions) return;
            string path = directory.File($"predictions/{name}.nii.gz");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            NiftiWriter.Write(path, segmented.Prediction, cancel);
            run.LogArtifact(path, "predictions");
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
