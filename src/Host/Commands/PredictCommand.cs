using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae predict MODEL IMAGE...</c>: segments scans with a fine-tuned model; each label map lies on the grid of its scan.</summary>
internal static class PredictCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var run = new Argument<string>("RUN") { Description = "Run directory of an experiment with [finetune], checkpoint of a run, or model in MLflow: runs:/RUN_ID/model, models:/NAME/VERSION, models:/NAME@ALIAS." };
        var images = new Argument<string[]>("IMAGE") { Description = "Scans: NIfTI, MetaImage or NRRD files, or DICOM series (a folder or one of its files).", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "Folder for IMAGE_seg.nii.gz and IMAGE_seg.json.", DefaultValueFactory = _ => "predictions" };
        var probabilities = new Option<bool>("--probabilities") { Description = "Also write IMAGE_prob.nii.gz with one channel per class." };
        var figures = new Option<bool>("--figures") { Description = "Also write IMAGE_seg.png: three slices with the outlines of the organs." };
        Option<bool> json = CommonOptions.Json();
        Option<string?> device = CommonOptions.Device();
        var models = new ModelOptions();
        var command = new Command("predict", "Segment scans with a fine-tuned model. Each label map has the grid of its scan.") { run, images, output, probabilities, figures, device, json };
        models.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            environment, parsed.GetValue(run)!, parsed.GetValue(images)!, models.Read(parsed), parsed.GetValue(device), parsed.GetValue(json),
            new ScanOutput(parsed.GetValue(output)!, parsed.GetValue(probabilities), parsed.GetValue(figures)), cancel)));
        return command;
    }

    private static int Run(
        HostEnvironment environment, string run, string[] images, ModelChoice choice, string? deviceName, bool json, ScanOutput output, CancellationToken cancel)
    {
        FineTunedModels opened = FineTunedModels.Open(environment.Runs, run, choice.Overrides);
        string start = opened.StartOf(choice.Start);
        output.CheckNames(images);
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Device device = DeviceChoice.Prepare(deviceName ?? opened.Config.Device, environment.Runs.GetVariable);
        _ = Compute.Prepare(opened.Config);
        (IReadOnlyList<SegmentationModel> models, string about) = opened.Load(start, choice.Checkpoints, choice.Averaging, device);
        var segmenter = new CaseSegmenter(models, opened.Finetune.Data.Crop, opened.Evaluate, device);
        CasePreparer preparer = CasePreparer.ForPrediction(opened.Finetune.Data);
        Directory.CreateDirectory(output.Folder);
        var done = new JsonArray();
        var failures = new JsonArray();
        ConsoleProgress.Run(environment, json, "predict", progress =>
        {
            for (int i = 0; i < images.Length; i++)
            {
                string image = images[i];
                long began = environment.Runs.Clock.GetTimestamp();
                // Progress in scans: those before this one, and the fraction of this one's windows.
                segmenter.Progress = (window, windows) =>
                {
                    double part = (i + (double)window / windows) / images.Length;
                    progress.Report((int)(1000 * part), 1000, $"{ScanNames.Stem(image)}: window {window} of {windows}", environment.Runs.Clock.GetElapsedTime(began) / window * (windows - window));
                };
                try
                {
                    using PreparedCase prepared = preparer.Prepare(new ScanCase(image, opened.Card.Channels), cancel);
                    OriginalPrediction prediction = segmenter.PredictOriginal(prepared, output.Probabilities, cancel);
                    JsonObject about1 = output.Write(image, prediction, opened, about, environment.Runs.Clock.GetElapsedTime(began), cancel);
                    done.Add(about1);
                    if (!json) environment.Output.WriteLine($"{about1["segmentation"]}: {ScanOutput.Found(about1)}");
                }
                catch (VolumeException error)
                {
                    // A bad scan does not stop the others.
                    environment.Error.WriteLine($"error: {error.Message}");
                    failures.Add(new JsonObject { ["image"] = image, ["error"] = error.Message });
                }
            }
        });
        if (failures.Count > 0 && images.Length > 1) environment.Error.WriteLine($"{failures.Count} of {images.Length} images failed; {done.Count} were segmented.");
        int code = failures.Count == 0 ? ExitCodes.Done : ExitCodes.BadData;
        if (json) environment.Output.WriteLine(new JsonObject { ["model"] = about, ["images"] = done, ["failed"] = failures }.ToJsonString(JsonOptions.Indented));
        return code;
    }
}
