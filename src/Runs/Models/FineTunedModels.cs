using HiEndMae.Configuration.Shared;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Weights;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Artifacts;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Planning;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Models;

/// <summary>The fine-tuned models of a run directory, created from its own files.</summary>
internal sealed class FineTunedModels
{
    private readonly PluginCatalog catalog;

    private FineTunedModels(FineTunedPath path, ExperimentConfig config, PluginCatalog catalog)
    {
        Path = path;
        Config = config;
        this.catalog = catalog;
        Card = ModelCard.Read(path.Run);
        IEnumerable<Stage> stages = StagePlan.Of(config).Select(plan => plan.Stage).Where(stage => stage.Kind == StageKind.Finetune);
        // A model in MLflow has the experiment of its run, but only its own start.
        if (LoggedModelFolder.Holds(path.Run)) stages = stages.Where(stage => Directory.Exists(System.IO.Path.Combine(path.Run, stage.Name)));
        Starts = [.. stages.Select(stage => stage.Start)];
        if (Starts.Count == 0) throw new UserException($"The model in '{path.Run}' has no weights of a fine-tuning; download it again.");
    }

    /// <summary>The run, and the start or checkpoint that the path names.</summary>
    public FineTunedPath Path { get; }

    public ExperimentConfig Config { get; }

    public FinetuneConfig Finetune => Config.Finetune!;

    public EvaluateConfig Evaluate => Config.Evaluate ?? new EvaluateConfig();

    public ModelCard Card { get; }

    /// <summary>Names of the starts, in the order of training.</summary>
    public IReadOnlyList<string> Starts { get; }

    public ComponentFactory Factory => new(catalog);

    /// <summary>Sentences for the user about the code that is used, such as a plugin that comes from a bundle.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Opens cases with the cache of the run. It is two folders above the run unless the experiment names another one.</summary>
    public DataServices Cases => DataServices.Of(Config, System.IO.Path.GetFullPath(System.IO.Path.Combine(Path.Run, "..", "..")));

    /// <summary>Opens a run, a model in MLflow, or a bundle.</summary>
    /// <exception cref="InvalidExperimentException">The run's config, or an override, is wrong.</exception>
    /// <exception cref="UserException">The path does not belong to a run with a fine-tuned model.</exception>
    public static FineTunedModels Open(RunEnvironment environment, string path, IReadOnlyList<string> overrides)
    {
        string place = path;
        PluginCatalog? chosen = null;
        IReadOnlyList<string> notes = [];
        if (ArtifactUri.IsOne(path)) place = ArtifactFetcher.OfUser(environment).Fetch(path).Path;
        else if (ModelBundle.IsOne(path)) (place, chosen, notes) = BundleReader.Open(environment, path);
        FineTunedPath found = FineTunedPath.Find(place);
        PluginCatalog catalog = chosen ?? PluginCatalog.Load(environment);
        LoadedFile loaded = new ExperimentLoader(catalog, getVariable: null).LoadOne(System.IO.Path.Combine(found.Run, "experiment.toml"), overrides);
        if (!loaded.IsValid) throw new InvalidExperimentException([.. loaded.Diagnostics.Where(diagnostic => diagnostic.IsError)]);
        ExperimentConfig config = loaded.Experiments[0].Config;
        if (config.Finetune is null) throw new UserException($"The run '{found.Run}' has no fine-tuned model, because its experiment has no [finetune]; choose another run.");
        return new FineTunedModels(found, config, catalog) { Notes = notes };
    }

    /// <summary>Returns a start by its name; by default the one that the path names, otherwise the last.</summary>
    /// <exception cref="UserException">There is no such start.</exception>
    public string StartOf(string? start)
    {
        string name = start ?? Path.Start ?? Starts[^1];
        return Starts.Contains(name) ? name : throw new UserException($"The run has no model '{name}'; allowed: {string.Join(", ", Starts)}.");
    }

    /// <summary>Creates the models of a start in the current dispose scope.</summary>
    /// <param name="start">Name of the start.</param>
    /// <param name="checkpoints">last, best, a step, or a path. Empty for the checkpoint that the path names, otherwise the best by validation, otherwise the last.</param>
    /// <param name="averaging">How several checkpoints are averaged.</param>
    /// <param name="device">Device of the models.</param>
    /// <returns>The models and their description.</returns>
    /// <exception cref="CheckpointException">A checkpoint is missing, damaged, or belongs to another model.</exception>
    public (IReadOnlyList<SegmentationModel> Models, string About) Load(string start, IReadOnlyList<string> checkpoints, CheckpointAveraging averaging, Device device)
    {
        if (checkpoints.Count == 0 && start == Path.Start && Path.Checkpoint is { } named) checkpoints = [named];
        string folder = System.IO.Path.Combine(Path.Run, Stage.Finetune(start).CheckpointFolder);
        string[] paths = [.. (checkpoints.Count == 0 ? [CheckpointName.Chosen] : checkpoints).Select(name => CheckpointName.Resolve(folder, name))];
        string names = string.Join(", ", paths.Select(System.IO.Path.GetFileName));
        if (paths.Length == 1) return ([Make(paths, device)], $"{start}, checkpoint {names}");
        return averaging == CheckpointAveraging.Weights
            ? ([Make(paths, device)], $"{start}, mean of the weights of checkpoints {names}")
            : ([.. paths.Select(path => Make([path], device))], $"{start}, mean of the probabilities of checkpoints {names}");
    }

    /// <summary>Writes a model of the run into one file with everything that prediction needs.</summary>
    /// <param name="start">Name of the start.</param>
    /// <param name="checkpoint">last, best, a step, or a path; null for the one that the path names, otherwise the best by validation, otherwise the last.</param>
    /// <param name="file">The zip file.</param>
    /// <returns>Name of the checkpoint.</returns>
    /// <exception cref="UserException">The plugins are not those that trained the model, or the run is incomplete.</exception>
    public string WriteBundle(string start, string? checkpoint, string file)
    {
        string folder = System.IO.Path.Combine(Path.Run, Stage.Finetune(start).CheckpointFolder);
        string chosen = CheckpointName.Resolve(folder, checkpoint ?? (start == Path.Start ? Path.Checkpoint : null) ?? CheckpointName.Chosen);
        BundleWriter.Write(this, catalog, start, chosen, file);
        return System.IO.Path.GetFileName(chosen);
    }

    private SegmentationModel Make(string[] checkpoints, Device device)
    {
        SegmentationModel model = new ModelFactory(Config, Factory, device).Segmentation(Card.Channels.Count, Card.NumOutputs);
        using (DisposeScope scope = NewDisposeScope())
        {
            ModelWeights.Restore(ModelWeights.Of(model.Modules), WeightAverage.Load(checkpoints), checkpoints[0]);
        }
        model.Encoder.eval();
        model.Head.eval();
        return model;
    }
}
