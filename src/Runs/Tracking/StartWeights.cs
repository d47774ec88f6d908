using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;
using HiEndMae.ExperimentFiles;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Artifacts;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;

namespace HiEndMae.Runs.Tracking;

/// <summary>Weights that fine-tunings start from. They are found, or fetched from MLflow, before anything is computed.</summary>
internal sealed class StartWeights
{
    private readonly Dictionary<string, string> paths = new(StringComparer.Ordinal);

    private StartWeights()
    {
    }

    /// <summary>Finds the paths that the stages of a plan start from. Addresses in MLflow are left out.</summary>
    /// <param name="plan">The stages.</param>
    /// <exception cref="UserException">A path does not exist, or does not say which checkpoint is meant.</exception>
    public static StartWeights OnDisk(IReadOnlyList<StagePlan> plan)
    {
        var starts = new StartWeights();
        foreach (string path in Origins(plan).Where(origin => origin is not (StartName.Scratch or StartName.Pretrain) && !ArtifactUri.IsOne(origin))) starts.paths[path] = StartPath.Resolve(path);
        return starts;
    }

    /// <summary>Finds the paths that the stages of a plan start from, and fetches the weights that they name by an address in MLflow.</summary>
    /// <param name="plan">The stages.</param>
    /// <param name="settings">The store; null if tracking is off. The store of the environment is used then.</param>
    /// <param name="output">Folder of run directories. Copies are kept below it.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="say">Takes sentences for the user.</param>
    /// <exception cref="UserException">A path does not exist or does not say which checkpoint is meant, or an address cannot be fetched.</exception>
    public static StartWeights Fetch(IReadOnlyList<StagePlan> plan, TrackingSettings? settings, string output, RunEnvironment environment, Action<string> say)
    {
        StartWeights starts = OnDisk(plan);
        string[] addresses = [.. Origins(plan).Where(ArtifactUri.IsOne)];
        if (addresses.Length == 0) return starts;
        string root = Path.GetFullPath(output);
        TrackingTarget target = settings?.Target ?? TrackingTarget.Parse("", root, environment.GetVariable);
        var fetcher = new ArtifactFetcher(target, Path.Combine(root, ArtifactFetcher.FolderName), settings?.Client ?? new MlflowClientOptions(), environment);
        foreach (string address in addresses)
        {
            (string path, string pinned) = fetcher.Fetch(address);
            say(pinned == address ? $"{address}: {path}" : $"{address} is {pinned}: {path}");
            starts.paths[address] = WeightsIn(path);
        }
        return starts;
    }

    /// <summary>The paths, by the name in the config.</summary>
    public IReadOnlyDictionary<string, string> Paths => paths;

    /// <summary>Returns the path of a start: the checkpoints for the path in the config, or the local copy of an address in MLflow.</summary>
    public string PathOf(string start) => paths.GetValueOrDefault(start, start);

    private static IEnumerable<string> Origins(IReadOnlyList<StagePlan> plan) => plan.Where(one => one.Stage.Kind == StageKind.Finetune).Select(one => one.Origin).Distinct();

    // A model holds a run directory with one checkpoint.
    private static string WeightsIn(string path)
    {
        string run = LoggedModelFolder.RunIn(path);
        if (run == path) return path;
        return StartPath.Finetunings(run).FirstOrDefault() ?? path;
    }
}
