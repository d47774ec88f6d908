using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>An encoder to analyse: a checkpoint and the experiment that made it.</summary>
/// <param name="Label">Name in tables.</param>
/// <param name="Checkpoint">Folder of the checkpoint.</param>
/// <param name="Runs">Folder of run directories that contains the run.</param>
/// <param name="Config">The experiment.</param>
internal sealed record AnalyzedModel(string Label, string Checkpoint, string Runs, ExperimentConfig Config)
{
    private const string Prefix = "encoder.";

    /// <summary>Finds the encoder that an argument names.</summary>
    /// <param name="argument">A run, the folder of a stage, or a checkpoint; or LABEL=PATH.</param>
    /// <param name="environment">Environment variables of the run's config.</param>
    /// <param name="catalog">Components.</param>
    /// <exception cref="UserException">The path does not belong to a run.</exception>
    /// <exception cref="InvalidExperimentException">The run's config is wrong.</exception>
    /// <exception cref="CheckpointException">There is no complete checkpoint.</exception>
    public static AnalyzedModel Open(string argument, RunEnvironment environment, PluginCatalog catalog)
    {
        int at = argument.IndexOf('=', StringComparison.Ordinal);
        string path = at > 0 && !Path.Exists(argument) ? argument[(at + 1)..] : argument;
        FineTunedPath found = FineTunedPath.Find(path);
        string checkpoint = found.Checkpoint ?? CheckpointName.Resolve(Stage(path, found), CheckpointName.Chosen);
        LoadedFile loaded = new ExperimentLoader(catalog, getVariable: environment.GetVariable).LoadOne(Path.Combine(found.Run, "experiment.toml"), []);
        if (!loaded.IsValid) throw new InvalidExperimentException([.. loaded.Diagnostics.Where(diagnostic => diagnostic.IsError)]);
        string label = path != argument ? argument[..at] : LabelOf(found.Run, checkpoint);
        return new AnalyzedModel(label, checkpoint, Path.GetFullPath(Path.Combine(found.Run, "..", "..")), loaded.Experiments[0].Config);
    }

    /// <summary>The data on which the encoder can be probed: that of fine-tuning, otherwise that of pre-training.</summary>
    public DataConfig Data => Config.Finetune?.Data.ForFinetuning() ?? Config.Pretrain!.Data.ForPretraining();

    /// <summary>Creates the encoder in the current dispose scope and loads its weights.</summary>
    /// <param name="factory">Creates components.</param>
    /// <param name="channels">Number of image channels.</param>
    /// <param name="device">Device of the encoder.</param>
    /// <exception cref="CheckpointException">The checkpoint is damaged, belongs to another model, or contains no encoder.</exception>
    /// <exception cref="UserException">The encoder has no patch tokens.</exception>
    public TokenEncoder Load(ComponentFactory factory, int channels, Device device)
    {
        using WeightFile file = WeightFile.Open(Checkpoint);
        WeightEntry[] entries = [.. file.Entries.Where(entry => entry.Name.StartsWith(Prefix, StringComparison.Ordinal))];
        if (entries.Length == 0) throw new CheckpointException($"'{Checkpoint}' contains no encoder: no name of a tensor begins with '{Prefix}'.");
        bool finetuned = file.Entries.Any(entry => entry.Name.StartsWith("head.", StringComparison.Ordinal));
        TokenEncoder encoder = Create(factory, channels, finetuned, device);
        using DisposeScope scope = NewDisposeScope();
        var modules = new Dictionary<string, nn.Module> { ["encoder"] = encoder };
        ModelWeights.Restore(ModelWeights.Of(modules), entries.ToDictionary(entry => entry.Name, file.Read), Checkpoint);
        encoder.eval();
        return encoder;
    }

    /// <summary>Creates the same encoder with untrained weights of a seed.</summary>
    public TokenEncoder Random(ComponentFactory factory, int channels, int seed, Device device)
    {
        manual_seed(seed);
        TokenEncoder encoder = Create(factory, channels, finetuned: false, device);
        encoder.eval();
        return encoder;
    }

    private TokenEncoder Create(ComponentFactory factory, int channels, bool finetuned, Device device)
    {
        Encoder encoder = factory.Create<Encoder>(Slot.Encoder, Config.Encoder, new EncoderContext(channels, Data.Crop, finetuned ? EncoderUse.Segmentation : EncoderUse.Pretraining));
        encoder.to(device);
        return encoder as TokenEncoder ?? throw new UserException($"The encoder '{Config.Encoder.Plugin}' of '{Label}' has no patch tokens to probe; choose a model with an encoder such as vit3d.");
    }

    private static string Stage(string path, FineTunedPath found)
    {
        for (string? folder = Path.GetFullPath(path); folder is not null && folder != found.Run; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetDirectoryName(folder) == found.Run) return Path.Combine(folder, "checkpoints");
        }
        string pretrain = Path.Combine(found.Run, "pretrain", "checkpoints");
        if (Directory.Exists(pretrain)) return pretrain;
        throw new UserException($"The run '{found.Run}' has no pre-training; name a stage or a checkpoint in it, such as '{Path.Combine(found.Run, "finetune-scratch")}'.");
    }

    // Experiment, stage and step distinguish the checkpoints of one command.
    private static string LabelOf(string run, string checkpoint)
    {
        string name = Path.GetFileName(checkpoint), stage = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(checkpoint)))!;
        string experiment = Path.GetFileName(Path.GetDirectoryName(run))!;
        string step = name.StartsWith("step-", StringComparison.Ordinal) ? int.Parse(name["step-".Length..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : name;
        return $"{experiment} {stage} {step}";
    }
}
