using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using HiEndMae.ExperimentFiles;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Reporting;
using HiEndMae.Runs.Results;
using HiEndMae.Runs.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Execution;

/// <summary>Creates the models of a stage, runs it, and keeps its checkpoints, pictures and results.</summary>
internal sealed class StageRunner(RunScope scope, RunEnvironment environment, IRunReporter reporter, IFigureWriter figures)
{
    private readonly ExperimentConfig config = scope.Config;

    /// <summary>Runs one stage. A stage that an earlier process of this run finished is restored instead.</summary>
    public void Run(StagePlan plan, ExperimentResults results, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (scope.Budget.Spent() is { } spent) throw spent;
        TrackedRun run = scope.Tracked.OpenStage(plan);
        reporter.WithProgress(plan.Stage.Name, progress =>
        {
            using DisposeScope disposing = NewDisposeScope();
            var logger = new StageLogger(plan.Stage, scope.Directory, progress, run, reporter, environment.Clock);
            var pictures = new StageFigures(scope.Directory, run, figures, scope.Datasets.LabelNames);
            StageContext context = scope.ContextOf(logger, environment.Clock);
            // Every stage starts from the same seed, so that leaving out one stage changes no other.
            manual_seed(config.Seed);
            try
            {
                switch (plan.Stage.Kind)
                {
                    case StageKind.Pretrain:
                        results.Trainings[plan.Stage.Name] = Pretrain(context, pictures, run, cancel);
                        break;
                    case StageKind.Finetune:
                        results.Trainings[plan.Stage.Name] = Finetune(plan, context, pictures, run, cancel);
                        break;
                    default:
                        results.Evaluations[plan.Stage.Start] = Evaluate(plan.Stage, context, pictures, run, results.LabelNames, cancel);
                        break;
                }
            }
            catch (Exception error) when (OutOfMemory.IsSaidBy(error))
            {
                throw plan.Training is { } training ? OutOfMemory.InTraining(plan.Stage.Kind, training, config, error) : OutOfMemory.InEvaluation(config.Evaluate!, error);
            }
            catch (Exception error) when (FailurePlace.Note(error, () => $"stage {plan.Stage.Name}"))
            {
                throw;
            }
            logger.Flush();
        });
        scope.Tracked.FinishStage(run);
    }

    private TrainResult Pretrain(StageContext context, StageFigures pictures, TrackedRun run, CancellationToken cancel)
    {
        PretrainConfig pretrain = config.Pretrain!;
        Dataset dataset = scope.Datasets.Pretraining!;
        (Encoder encoder, PretextTask decoder) = scope.Models.Pretraining(dataset.Info.ChannelNames.Count);
        TrackedExperiment.LogInputs(run, dataset, pretrain.Data, DatasetSplit.Pretraining);
        TrainResult result = new PretrainStage(pretrain, scope.TrainingContextOf(Stage.Pretrain, context))
            .Run(dataset, encoder, decoder, (example, step) => pictures.Reconstruction(example, pretrain.Data.Crop, step), cancel);
        scope.Tracked.LogCheckpoint(run, Stage.Pretrain, result.Checkpoint);
        return result;
    }

    private TrainResult Finetune(StagePlan plan, StageContext context, StageFigures pictures, TrackedRun run, CancellationToken cancel)
    {
        FinetuneConfig finetune = config.Finetune!;
        Dataset dataset = scope.Datasets.Labelled!;
        SegmentationModel model = scope.Models.Segmentation(dataset.Info.ChannelNames.Count, dataset.Info.NumOutputs);
        if (plan.Origin != StartName.Scratch)
        {
            string path = plan.Origin == StartName.Pretrain ? scope.Directory.File(Stage.Pretrain.CheckpointFolder) : plan.Origin;
            using WeightFile file = WeightFile.Open(scope.Starts.PathOf(path));
            // The head is filled too if the checkpoint holds one.
            TransferReport report = WeightTransfer.Fill(model.Encoder, model.Head, (model.Encoder.Info as TokenEncoderInfo)?.Grid, file, finetune.OfficialFaults, finetune.Inflate);
            context.Logger.Note($"{plan.Stage}: from '{path}': {report}.");
            if (finetune.OfficialFaults.Count > 0 && !report.RepeatsFault) context.Logger.Note($"{plan.Stage}: official_faults did nothing: none of them belongs to a file with the names '{report.Names}'.");
        }
        TrackedExperiment.LogInputs(run, dataset, finetune.Data, DatasetSplit.Training, DatasetSplit.Validation);
        TrainResult result = new FinetuneStage(finetune, scope.TrainingContextOf(plan.Stage, context))
            .Run(dataset, model.Encoder, model.Head, (segmented, step) => pictures.Segmentation(plan.Stage.Name, segmented, step), cancel);
        string chosen = CheckpointStore.BestOf(scope.Directory.File(plan.Stage.CheckpointFolder)) ?? result.Checkpoint;
        scope.Tracked.LogCheckpoint(run, plan.Stage, chosen);
        scope.Tracked.LogModel(run, plan.Stage, chosen);
        return result;
    }

    private EvaluationResult Evaluate(Stage stage, StageContext context, StageFigures pictures, TrackedRun run, IReadOnlyList<string> labels, CancellationToken cancel)
    {
        DataConfig data = config.Finetune!.Data;
        Dataset dataset = scope.Datasets.Labelled!;
        SegmentationModel model = scope.Models.Segmentation(dataset.Info.ChannelNames.Count, dataset.Info.NumOutputs);
        string checkpoint = scope.Directory.File(Stage.Finetune(stage.Start).CheckpointFolder);
        ModelWeights.Restore(ModelWeights.Of(model.Modules), CheckpointStore.LoadWeights(checkpoint), checkpoint);
        TrackedExperiment.LogInputs(run, dataset, data, DatasetSplit.Test);
        EvaluationResult result = new EvaluateStage(config.Evaluate!, data, context).Run(dataset, model.Encoder, model.Head, Show, cancel);
        // Other ranks have drawn their cases into the same folder, and rank 0 tracks them.
        if (scope.Group.Size > 1 && scope.Group.IsFirst()) pictures.Track(result.Cases.Select(one => $"{stage}-{FileNames.Safe(one.Case)}"));
        TrackedExperiment.LogEvaluation(run, result, labels, environment.Clock.GetUtcNow());
        return result;

        void Show(SegmentedCase segmented)
        {
            string name = $"{stage}-{FileNames.Safe(segmented.Id)}";
            pictures.Segmentation(name, segmented);
            pictures.Slices(name, stage.Start, segmented);
            if (!config.Tracking.Predictions) return;
            string path = scope.Directory.File($"predictions/{name}.nii.gz");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            NiftiWriter.Write(path, ModelCard.Of(dataset.Info).ToValues(segmented.Prediction), cancel);
            run.LogArtifact(path, "predictions");
        }
    }
}
