using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Artifacts;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;

namespace HiEndMae.Runs.Tracking;

/// <summary>Weights that fine-tunings start from, those in MLflow brought to this machine before anything is computed.</summary>
internal sealed class StartWeights
{
    private readonly Dictionary<string, string> paths = new(StringComparer.Ordinal);

    private StartWeights()
    {
    }

    /// <summary>Fetches what the stages of a plan name by an address in MLflow.</summary>
    /// <param name="plan">The stages.</param>
    /// <param name="settings">The store; null where tracking is off, and then the environment's.</param>
    /// <param name="output">Folder of run directories, below which copies are kept.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="say">Takes sentences for the user.</param>
    /// <exception cref="UserException">An address cannot be fetched.</exception>
    public static StartWeights Fetch(IReadOnlyList<StagePlan> plan, TrackingSettings? settings, string output, RunEnvironment environment, Action<string> say)
    {
        var starts = new StartWeights();
        string[] addresses = [.. plan.Where(one => one.Stage.Kind == StageKind.Finetune).Select(one => one.Origin).Where(ArtifactUri.IsOne).Distinct()];
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

    /// <summary>The path of a start: the local copy where it is an address in MLflow, otherwise what the config says.</summary>
    public string PathOf(string start) => paths.GetValueOrDefault(start, start);

    // A model holds a run directory with one checkpoint.
    private static string WeightsIn(string path)
    {
        string run = LoggedModelFolder.RunIn(path);
        if (run == path) return path;
        return Directory.GetDirectories(run, Stage.Finetune("*").Name).Select(folder => Path.Combine(folder, Stage.CheckpointFolderName)).FirstOrDefault(Directory.Exists) ?? path;
    }
}
