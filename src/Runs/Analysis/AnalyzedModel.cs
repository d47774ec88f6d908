using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>An encoder to analyse: a checkpoint and its experiment.</summary>
/// <param name="Label">Name in tables.</param>
/// <param name="Checkpoint">Its folder.</param>
/// <param name="Runs">The folder that contains its run directory.</param>
/// <param name="Config">The experiment.</param>
/// <param name="Path">The path on the command line.</param>
/// <param name="Run">Its run directory.</param>
internal sealed record AnalyzedModel(string Label, string Checkpoint, string Runs, ExperimentConfig Config, string Path, string Run)
{
    private const string Prefix = "encoder.";

    /// <summary>Finds the model that an argument names.</summary>
    /// <param name="argument">A run, a stage's folder in it, or a checkpoint; or LABEL=PATH.</param>
    /// <param name="environment">Variables of the run's config.</param>
    /// <param name="catalog">Components.</param>
    /// <exception cref="UserException">The path does not belong to a run.</exception>
    /// <exception cref="InvalidExperimentException">The run's config is wrong.</exception>
    /// <exception cref="CheckpointException">There is no complete checkpoint.</exception>
    public static AnalyzedModel Open(string argument, RunEnvironment environment, PluginCatalog catalog)
    {
        int at = argument.IndexOf('=', StringComparison.Ordinal);
        string path = at > 0 && !System.IO.Path.Exists(argument) ? argument[(at + 1)..] : argument;
        FineTunedPath found = FineTunedPath.Find(path);
        string checkpoint = found.Checkpoint ?? CheckpointName.Resolve(Stage(path, found), CheckpointName.Chosen);
        LoadedFile loaded = new ExperimentLoader(catalog, getVariable: environment.GetVariable).LoadOne(System.IO.Path.Combine(found.Run, "experiment.toml"), []);
        if (!loaded.IsValid) throw new InvalidExperimentException([.. loaded.Diagnostics.Where(diagnostic => diagnostic.IsError)]);
        string label = path != argument ? argument[..at] : LabelOf(found.Run, checkpoint);
        return new AnalyzedModel(label, checkpoint, System.IO.Path.GetFullPath(System.IO.Path.Combine(found.Run, "..", "..")), loaded.Experiments[0].Config, path, found.Run);
    }

    /// <summary>The data for analyses: the fine-tuning data if there is fine-tuning, otherwise the pre-training data.</summary>
    public DataConfig Data => Config.Finetune?.Data.ForFinetuning() ?? Config.Pretrain!.Data.ForPretraining();

    /// <summary>Creates the encoder and loads its weights, in the current dispose scope.</summary>
    /// <param name="factory">Creates components.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="device">Device of the encoder.</param>
    /// <exception cref="CheckpointException">The checkpoint is broken, belongs to another model, or has no encoder.</exception>
    public Encoder Load(ComponentFactory factory, int channels, Device device)
    {
        using WeightFile file = WeightFile.Open(Checkpoint);
        WeightEntry[] entries = [.. file.Entries.Where(entry => entry.Name.StartsWith(Prefix, StringComparison.Ordinal))];
        if (entries.Length == 0) throw new CheckpointException($"'{Checkpoint}' has no encoder: no tensor's name begins with '{Prefix}'. Name a checkpoint of a training.");
        bool finetuned = file.Entries.Any(entry => entry.Name.StartsWith("head.", StringComparison.Ordinal));
        Encoder encoder = Create(factory, channels, finetuned, device);
        using DisposeScope scope = NewDisposeScope();
        var modules = new Dictionary<string, nn.Module> { ["encoder"] = encoder };
        ModelWeights.Restore(ModelWeights.Of(modules), entries.ToDictionary(entry => entry.Name, file.Read), Checkpoint);
        encoder.eval();
        return encoder;
    }

    /// <summary>Creates an untrained encoder of the same architecture from another seed.</summary>
    public Encoder Random(ComponentFactory factory, int channels, int seed, Device device)
    {
        manual_seed(seed);
        Encoder encoder = Create(factory, channels, finetuned: false, device);
        encoder.eval();
        return encoder;
    }

    /// <summary>Creates the encoder and the decoder of the pre-training and loads their weights, in the current dispose scope.</summary>
    /// <exception cref="UserException">The experiment has no pre-training.</exception>
    /// <exception cref="CheckpointException">The checkpoint has no decoder, or belongs to another model.</exception>
    public (Encoder Encoder, Decoder Decoder) LoadPretraining(ComponentFactory factory, int channels, Device device)
    {
        if (Config.Pretrain is not { } pretrain) throw new UserException($"'{Label}' was not pre-trained, because its experiment has no [pretrain]. Choose a run with a pre-training.");
        using WeightFile file = WeightFile.Open(Checkpoint);
        if (!file.Entries.Any(entry => entry.Name.StartsWith("decoder.", StringComparison.Ordinal)))
            throw new CheckpointException($"'{Checkpoint}' has no decoder: no tensor's name begins with 'decoder.'. Choose a checkpoint of the pre-training.");
        Encoder encoder = Create(factory, channels, finetuned: false, device);
        Decoder decoder = factory.Create<Decoder>(Slot.Decoder, pretrain.Decoder, new DecoderContext(encoder.Info, pretrain.Data.Crop));
        decoder.to(device);
        using DisposeScope scope = NewDisposeScope();
        var modules = new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["decoder"] = decoder };
        ModelWeights.Restore(ModelWeights.Of(modules), file.Entries.ToDictionary(entry => entry.Name, file.Read), Checkpoint);
        encoder.eval();
        decoder.eval();
        return (encoder, decoder);
    }

    private Encoder Create(ComponentFactory factory, int channels, bool finetuned, Device device)
    {
        Encoder encoder = factory.Create<Encoder>(Slot.Encoder, Config.Encoder, new EncoderContext(channels, Data.Crop, finetuned ? EncoderUse.Segmentation : EncoderUse.Pretraining));
        encoder.to(device);
        return encoder;
    }

    private static string Stage(string path, FineTunedPath found)
    {
        for (string? folder = System.IO.Path.GetFullPath(path); folder is not null && folder != found.Run; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (System.IO.Path.GetDirectoryName(folder) == found.Run) return System.IO.Path.Combine(folder, "checkpoints");
        }
        string pretrain = System.IO.Path.Combine(found.Run, "pretrain", "checkpoints");
        if (Directory.Exists(pretrain)) return pretrain;
        throw new UserException($"The run '{found.Run}' has no pre-training; name a stage or a checkpoint in it, such as '{System.IO.Path.Combine(found.Run, "finetune-scratch")}'.");
    }

    // A label such as "table7/20260801-..., pretrain, step 2000" distinguishes the checkpoints of one command.
    private static string LabelOf(string run, string checkpoint)
    {
        string name = System.IO.Path.GetFileName(checkpoint), stage = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(checkpoint)))!;
        string experiment = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(run))!;
        string step = name.StartsWith("step-", StringComparison.Ordinal) ? int.Parse(name["step-".Length..], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : name;
        return $"{experiment} {stage} {step}";
    }
}
