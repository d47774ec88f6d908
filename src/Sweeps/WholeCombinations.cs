
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>Creates and tracks the run directories of combinations as soon as their stages have run, so that a running sweep can be reported on.</summary>
/// <param name="graph">The sweep.</param>
/// <param name="writer">Creates the run directory of a combination.</param>
/// <param name="tracked">Receives complete combinations.</param>
internal sealed class WholeCombinations(SweepGraph graph, CombinationWriter writer, SweepTracking tracked)
{
    private readonly string?[] folders = new string?[graph.Combinations.Count];
    private HashSet<string> running = [];

    /// <summary>Run directories of complete combinations, in the order of the sweep.</summary>
    public IEnumerable<(LoadedExperiment Experiment, string Folder)> Folders =>
        graph.Combinations.Zip(folders).Where(one => one.Second is not null).Select(one => (one.First.Experiment, one.Second!));

    /// <summary>Looks for newly complete combinations if a stage has ended since the last call.</summary>
    /// <param name="now">The running stages.</param>
    public void Keep(IReadOnlyCollection<SweepStage> now)
    {
        var keys = now.Select(stage => stage.Key).ToHashSet(StringComparer.Ordinal);
        bool ended = !running.IsSubsetOf(keys);
        running = keys;
        if (ended) Keep();
    }

    /// <summary>Looks for newly complete combinations.</summary>
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
