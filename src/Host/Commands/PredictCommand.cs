using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Inference;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Prediction;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae predict RUN|CHECKPOINT IMAGE...</c>, or <c>--dataset NAME</c>: segments scans with a fine-tuned model of a run, each on its own grid.</summary>
internal static class PredictCommand
{
    private const string Own = "own";

    public static Command Create(HostEnvironment environment)
    {
        var run = new Argument<string>("RUN") { Description = "Run directory of an experiment with [finetune], checkpoint of a run, bundle (*.zip), or model in MLflow: runs:/RUN_ID/model, models:/NAME/VERSION, models:/NAME@ALIAS." };
        var images = new Argument<string[]>("IMAGE") { Description = "Scans: NIfTI, MetaImage or NRRD files, folders or files of DICOM series, folders with any of these below them. NAME_0000, NAME_0001, ... are the channels of one scan.", Arity = ArgumentArity.ZeroOrMore };
        var dataset = new Option<string?>("--dataset") { Description = $"Segment the cases of a dataset instead: {Own} for the run's, or a [datasets.NAME] of --datasets.", HelpName = "NAME" };
        var datasets = new Option<string?>("--datasets") { Description = "Experiment file with [datasets.NAME] tables.", HelpName = "FILE" };
        var split = new Option<string>("--split") { Description = "Split of the dataset: test, validation, training or pretraining.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation", "training", "pretraining");
        var output = new Option<string>("--out") { Description = "Folder for NAME_seg.nii.gz and NAME_seg.json.", DefaultValueFactory = _ => "predictions" };
        var probabilities = new Option<bool>("--probabilities") { Description = "Also write NAME_prob.nii.gz with one channel per class or region." };
        var figures = new Option<bool>("--figures") { Description = "Also write NAME_seg.png: three slices with the outlines of the organs." };
        Option<bool> json = CommonOptions.Json();
        Option<string?> device = CommonOptions.Device();
        var models = new ModelOptions();
        var command = new Command("predict", "Segment scans with a fine-tuned model. Label maps have the grid of the scan and the label values of the dataset.")
        {
            run, images, dataset, datasets, split, output, probabilities, figures, device, json,
        };
        models.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            environment, parsed.GetValue(run)!, new Wanted(parsed.GetValue(images) ?? [], parsed.GetValue(dataset), parsed.GetValue(datasets), parsed.GetValue(split)!), models.Read(parsed),
            parsed.GetValue(device), parsed.GetValue(json), new ScanOutput(parsed.GetValue(output)!, parsed.GetValue(probabilities), parsed.GetValue(figures)), cancel)));
        return command;
    }

    private static int Run(
        HostEnvironment environment, string run, Wanted wanted, ModelChoice choice, string? deviceName, bool json, ScanOutput output, CancellationToken cancel)
    {
        FineTunedModels opened = FineTunedModels.Open(environment.Runs, run, choice.Overrides);
        foreach (string note in opened.Notes) environment.Error.WriteLine($"note: {note}");
        string start = opened.StartOf(choice.Start);
        IReadOnlyList<PredictionCase> cases = Cases(environment, opened, wanted, cancel);
        output.CheckNames(cases);
        if (!opened.Card.KnowsValues)
            environment.Error.WriteLine($"note: '{Path.Combine(opened.Path.Run, ModelCard.FileName)}' is of an earlier version and does not say the dataset's label values; label maps have the class indices 1 to {opened.Card.Labels.Count - 1}.");
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Device device = DeviceChoice.Prepare(deviceName ?? opened.Config.Device, environment.Runs.GetVariable);
        _ = Compute.Prepare(opened.Config);
        (IReadOnlyList<SegmentationModel> models, string about) = opened.Load(start, choice.Checkpoints, choice.Averaging, device);
        var segmenter = new CaseSegmenter(models, opened.Finetune.Data.Crop, opened.Evaluate, device, opened.Card.Regions);
        CasePreparer preparer = CasePreparer.ForPrediction(opened.Finetune.Data);
        Directory.CreateDirectory(output.Folder);
        var done = new JsonArray();
        var failures = new JsonArray();
        ConsoleProgress.Run(environment, json, "predict", progress =>
        {
            for (int i = 0; i < cases.Count; i++)
            {
                PredictionCase one = cases[i];
                long began = environment.Runs.Clock.GetTimestamp();
                // Progress in scans: the number of finished scans plus the fraction of finished windows of this scan.
                segmenter.Progress = (window, windows) =>
                {
                    double part = (i + (double)window / windows) / cases.Count;
                    progress.Report((int)(1000 * part), 1000, $"{one.Name}: window {window} of {windows}", environment.Runs.Clock.GetElapsedTime(began) / window * (windows - window));
                };
                try
                {
                    JsonObject summary = output.Write(one, opened, about, () => Segment(one.Case), () => environment.Runs.Clock.GetElapsedTime(began), cancel);
                    done.Add(summary);
                    if (!json) environment.Output.WriteLine($"{summary["segmentation"]}: {ScanOutput.Found(summary)}");
                }
                catch (VolumeException error) when (!DiskErrors.AreOfSpace(error))
                {
                    // A bad scan does not stop the others.
                    environment.Error.WriteLine($"error: {error.Message}");
                    failures.Add(new JsonObject { ["image"] = one.Case.Place, ["error"] = error.Message });
                }
                catch (Exception error) when (FailurePlace.Note(error, () => $"case '{one.Name}'"))
                {
                    throw;
                }
            }
        });
        if (failures.Count > 0 && cases.Count > 1) environment.Error.WriteLine($"{failures.Count} of {cases.Count} images failed; {done.Count} were segmented.");
        int code = failures.Count == 0 ? ExitCodes.Done : ExitCodes.BadData;
        if (json) environment.Output.WriteLine(new JsonObject { ["model"] = about, ["images"] = done, ["failed"] = failures }.ToJsonString(JsonOptions.Indented));
        return code;

        void Warn(string note) => environment.Error.WriteLine($"warning: {note}");

        SegmentedScan Segment(DatasetCase source)
        {
            HeaderCheck.Warn([source], Warn, cancel);
            PreparedCase prepared = preparer.Prepare(source, cancel);
            foreach (string note in prepared.Findings.Notes) Warn(note);
            // Preparing a large scan leaves garbage of twice its size. The memory is given back to the system, because the model needs it.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return new SegmentedScan(prepared.Layout.Stored, take =>
            {
                using (prepared) return segmenter.PredictOriginal(prepared, take, cancel);
            });
        }
    }

    private static IReadOnlyList<PredictionCase> Cases(HostEnvironment environment, FineTunedModels opened, Wanted wanted, CancellationToken cancel)
    {
        if (wanted.Dataset is null)
        {
            if (wanted.Images.Count == 0) throw new UserException("There is nothing to segment; give files or folders, or --dataset.");
            if (wanted.File is not null) throw new UserException("--datasets has no effect without --dataset NAME.");
            return new ScanFinder(opened.Card.Channels, cancel).Find(wanted.Images);
        }
        if (wanted.Images.Count > 0) throw new UserException("Scans and --dataset exclude each other; give one of them.");
        Dataset dataset = opened.Factory.CreateDataset(DataOf(environment, opened, wanted).Dataset, message => environment.Error.WriteLine($"warning: {message}"), cancel);
        if (dataset.Info.ChannelNames.Count != opened.Card.Channels.Count)
            throw new VolumeException($"Dataset '{dataset.Info.Name}' has {dataset.Info.ChannelNames.Count} channels; the model takes {opened.Card.Channels.Count}: {string.Join(", ", opened.Card.Channels)}.");
        PredictionCase[] cases = [.. dataset.Cases(Enum.Parse<DatasetSplit>(wanted.Split, ignoreCase: true)).Select(one => new PredictionCase(FileNames.Safe(one.Id), one))];
        return cases.Length > 0 ? cases : throw new VolumeException($"Dataset '{dataset.Info.Name}' has no {wanted.Split} cases.");
    }

    private static DataConfig DataOf(HostEnvironment environment, FineTunedModels opened, Wanted wanted)
    {
        if (wanted.File is null)
            return wanted.Dataset == Own ? opened.Finetune.Data : throw new UserException($"--dataset {wanted.Dataset} needs --datasets FILE, the file with [datasets.{wanted.Dataset}]; the run's own dataset is --dataset {Own}.");
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        (DataConfig? data, IReadOnlyList<HiEndMae.Configuration.ConfigDiagnostic> diagnostics) = new ExperimentLoader(catalog, environment.Runs.GetVariable).LoadDataset(wanted.File, wanted.Dataset!, []);
        return data ?? throw new InvalidExperimentException(diagnostics);
    }

    private sealed record Wanted(IReadOnlyList<string> Images, string? Dataset, string? File, string Split);
}
