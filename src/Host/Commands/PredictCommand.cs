using System.CommandLine;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Weights;
using HiEndMae.Host.Configuration;
using HiEndMae.Host.Running;
using HiEndMae.Imaging;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae predict RUN IMAGE...</c>: segments scans with a fine-tuned model of a run, each on its own grid.</summary>
internal static class PredictCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var run = new Argument<string>("RUN") { Description = "Run directory of an experiment with [finetune]." };
        var images = new Argument<string[]>("IMAGE") { Description = "Scans: NIfTI, MetaImage or NRRD.", Arity = ArgumentArity.OneOrMore };
        var start = new Option<string?>("--start") { Description = "Which fine-tuned model, by its start (scratch, pretrain, or the checkpoint's name); left out, the last." };
        var output = new Option<string>("--out") { Description = "Folder for IMAGE_seg.nii.gz.", DefaultValueFactory = _ => "predictions" };
        Option<string?> device = CommonOptions.Device();
        var command = new Command("predict", "Segment scans with a fine-tuned model; label maps have the scans' own grids.") { run, images, start, output, device };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            environment, parsed.GetValue(run)!, parsed.GetValue(images)!, parsed.GetValue(start), parsed.GetValue(output)!, parsed.GetValue(device), cancel)));
        return command;
    }

    private static int Run(HostEnvironment environment, string run, string[] images, string? start, string output, string? deviceName, CancellationToken cancel)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.PluginsDirectory);
        LoadedFile loaded = new ExperimentLoader(catalog.Components, getVariable: null).LoadOne(Path.Combine(run, "experiment.toml"), []);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        ExperimentConfig config = loaded.Experiments[0].Config;
        ModelCard card = ModelCard.Read(run);
        FinetuneConfig finetune = config.Finetune ?? throw new PluginException($"The experiment of '{run}' has no [finetune].");
        string label = StartOf(config, start);
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Device device = DeviceChoice.Resolve(deviceName ?? config.Device);
        var factory = new ComponentFactory(catalog);
        using var encoder = factory.Create<Encoder>(Slot.Encoder, config.Encoder, new EncoderContext(card.Channels.Count, finetune.Data.Crop, EncoderUse.Segmentation));
        using var head = factory.Create<SegmentationHead>(Slot.Head, finetune.Head, new HeadContext(encoder.Info, finetune.Data.Crop, card.Labels.Count));
        string checkpoint = Path.Combine(run, $"finetune-{label}", "checkpoints");
        var modules = new Dictionary<string, torch.nn.Module> { ["encoder"] = encoder, ["head"] = head };
        ModelWeights.Restore(ModelWeights.Of(modules), CheckpointStore.LoadWeights(checkpoint), checkpoint);
        encoder.to(device).eval();
        head.to(device).eval();
        var segmenter = new CaseSegmenter(encoder, head, finetune.Data, config.Evaluate ?? new EvaluateConfig(), device);
        Directory.CreateDirectory(output);
        int failed = 0;
        foreach (string image in images)
        {
            try
            {
                Volume<float> original = VolumeReader.ReadImage(image, cancel);
                if (original.Channels != card.Channels.Count) throw new VolumeException($"'{image}' has {original.Channels} channels; the model takes {card.Channels.Count}: {string.Join(", ", card.Channels)}.");
                Volume<ushort> prediction = segmenter.SegmentOriginal(original, image, cancel);
                string path = Path.Combine(output, NameOf(image) + "_seg.nii.gz");
                NiftiWriter.Write(path, prediction, cancel);
                environment.Output.WriteLine($"{path}: {Found(prediction, card.Labels)}");
            }
            catch (VolumeException error)
            {
                // One bad scan takes none of the others with it.
                environment.Error.WriteLine($"error: {error.Message}");
                failed++;
            }
        }
        return failed == 0 ? ExitCodes.Done : ExitCodes.BadData;
    }

    private static string StartOf(ExperimentConfig config, string? start)
    {
        string[] labels = [.. StagePlan.Of(config).Where(stage => stage.Kind == "finetune").Select(stage => stage.Label)];
        if (start is null) return labels[^1];
        return labels.Contains(start) ? start : throw new PluginException($"The run has no model '{start}'; there are: {string.Join(", ", labels)}.");
    }

    private static string Found(Volume<ushort> prediction, IReadOnlyList<string> labels)
    {
        var counts = new long[labels.Count];
        foreach (ushort voxel in prediction.Voxels) counts[voxel]++;
        double millilitres = Math.Abs(prediction.Affine.Spacing.X * prediction.Affine.Spacing.Y * prediction.Affine.Spacing.Z) / 1000;
        string[] organs = [.. labels.Index().Skip(1).Where(entry => counts[entry.Index] > 0).Select(entry => FormattableString.Invariant($"{entry.Item} {counts[entry.Index] * millilitres:F1} ml"))];
        return organs.Length == 0 ? "background only" : string.Join(", ", organs);
    }

    private static string NameOf(string image)
    {
        string name = Path.GetFileName(image);
        int end = name.IndexOf(".nii", StringComparison.OrdinalIgnoreCase);
        return end > 0 ? name[..end] : Path.GetFileNameWithoutExtension(name);
    }
}
