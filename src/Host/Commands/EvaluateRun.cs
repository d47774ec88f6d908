using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Results;
using HiEndMae.Runs.Tracking;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Host.Commands;

/// <summary>Evaluates the models of a run again.</summary>
internal sealed class EvaluateRun(HostEnvironment environment, EvaluateOptions options)
{
    public int Run(string split, string? deviceName, bool savePredictions, CancellationToken cancel)
    {
        FineTunedModels opened = FineTunedModels.Open(environment.Runs, options.Path, options.Models.Overrides);
        // All starts, unless an option or the path names one.
        IReadOnlyList<string> starts = options.Models.Start is null && opened.Path.Start is null ? opened.Starts : [opened.StartOf(options.Models.Start)];
        Device device = DeviceChoice.Prepare(deviceName ?? opened.Config.Device, environment.Runs.GetVariable);
        _ = Compute.Prepare(opened.Config);
        Dataset dataset = opened.Factory.Create<Dataset>(Slot.Dataset, opened.Finetune.Data.Dataset, new DatasetContext(message => environment.Error.WriteLine($"warning: {message}")));
        if (!dataset.Info.LabelNames.SequenceEqual(opened.Card.Labels) || !dataset.Info.ScoredNames.SequenceEqual(opened.Card.ScoredNames)) throw new UserException("The dataset has other classes than the model was trained with; evaluate on a dataset with the same labels.");
        string folder = options.Out ?? Path.Combine(opened.Path.Run, "evaluations", environment.Runs.Clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        var results = new EvaluationFiles(folder, opened.Card.ScoredNames);
        var tracked = new List<(string Start, EvaluationResult Result, string About)>();
        int failed = 0;
        foreach (string start in starts)
        {
            ConsoleProgress.Run(environment, options.Json, Stage.Evaluate(start).Name, progress =>
            {
                using DisposeScope scope = NewDisposeScope();
                (IReadOnlyList<SegmentationModel> models, string about) = opened.Load(start, options.Models.Checkpoints, options.Models.Averaging, device);
                var context = new StageContext(opened.Config.Seed, device, opened.Cases, new ProgressOnly(progress, environment.Error.WriteLine), environment.Runs.Clock);
                EvaluationResult result = new EvaluateStage(opened.Evaluate, opened.Finetune.Data, context).Run(
                    dataset, split == "test" ? DatasetSplit.Test : DatasetSplit.Validation, models, about, segmented => Keep(start, segmented, savePredictions), Failed, cancel);
                results.Add(start, result);
                tracked.Add((start, result, about));
            });
        }
        results.Write(new JsonObject { ["run"] = Path.GetRelativePath(folder, opened.Path.Run), ["failed_cases"] = failed });
        if (options.Json) environment.Output.WriteLine(results.ToPrintedJson().ToJsonString(JsonOptions.Indented));
        else EvaluationTable.Print(environment.Console, results, folder);
        // This comes last, because it may wait for a server.
        TrackedEvaluation.Track(opened, Path.GetFullPath(folder), tracked, environment.Runs, message => environment.Error.WriteLine($"warning: {message}"));
        return failed == 0 ? ExitCodes.Done : ExitCodes.BadData;

        void Failed(string name, VolumeException error)
        {
            failed++;
            environment.Error.WriteLine($"error: {error.Message}");
        }

        void Keep(string start, SegmentedCase segmented, bool predictions)
        {
            string name = FileNames.Safe(segmented.Id);
            SegmentationFigure.Write(Path.Combine(folder, "figures", $"{start}-{name}.png"), segmented.Image, segmented.Truth.Voxels, segmented.Prediction.Voxels, opened.Card.Labels);
            if (!predictions) return;
            string target = Path.Combine(folder, "predictions", start);
            Directory.CreateDirectory(target);
            NiftiWriter.Write(Path.Combine(target, name + "_seg.nii.gz"), opened.Card.ToValues(segmented.Prediction), cancel);
        }
    }
}
