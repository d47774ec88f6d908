
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>Puts combinations together and tracks them as soon as their stages have run, so that a sweep can be reported on while it goes on.</summary>
/// <param name="graph">The sweep.</param>
/// <param name="writer">Puts a combination together.</param>
/// <param name="tracked">Takes those that are whole.</param>
internal sealed class WholeCombinations(SweepGraph graph, CombinationWriter writer, SweepTracking tracked)
{
    private readonly string?[] folders = new string?[graph.Combinations.Count];
    private HashSet<string> running = [];

    /// <summary>Run directories of those that are whole, in the sweep's order.</summary>
    public IEnumerable<(LoadedExperiment Experiment, string Folder)> Folders =>
        graph.Combinations.Zip(folders).Where(one => one.Second is not null).Select(one => (one.First.Experiment, one.Second!));

    /// <summary>Looks for more where a stage has ended since the last call.</summary>
    /// <param name="now">Stages that run.</param>
    public void Keep(IReadOnlyCollection<SweepStage> now)
    {
        var keys = now.Select(stage => stage.Key).ToHashSet(StringComparer.Ordinal);
        bool ended = !running.IsSubsetOf(keys);
        running = keys;
        if (ended) Keep();
    }

    /// <summary>Looks for more.</summary>
    public void Keep()
    {
        for (int i = 0; i < folders.Length; i++)
        {
            if (folders[i] is not null || writer.Write(graph.Combinations[i].Experiment, graph.Combinations[i].Stages) is not { } folder) continue;
            folders[i] = folder;
            tracked.Combination(graph.Combinations[i].Experiment, folder, writer.StageRuns(graph.Combinations[i].Stages));
        }
    }
}
