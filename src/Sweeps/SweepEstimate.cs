using System.Globalization;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Sweeps;

/// <summary>Estimates the remaining work of a sweep from its configs and its finished stages.</summary>
/// <param name="Stages">Stages, each after the one from which it starts.</param>
internal sealed record SweepEstimate(IReadOnlyList<StageEstimate> Stages)
{
    /// <summary>Number of finished stages.</summary>
    public int NumDone => Stages.Count(row => row.Status == StageStatus.Done);

    /// <summary>Operations of the remaining trainings, as far as they are known.</summary>
    public double Operations => Open.Sum(row => row.Operations ?? 0);

    /// <summary>Seconds of the remaining trainings, one after another; null if one of them is unknown.</summary>
    public double? Seconds => Open.Aggregate((double?)0, (sum, row) => sum + row.Seconds);

    private IEnumerable<StageEstimate> Open => Stages.Where(row => row.Status != StageStatus.Done);

    /// <summary>Creates an estimate from the current state of the stages.</summary>
    public static SweepEstimate Of(SweepGraph graph, StageStore store) => Of(graph, store, CostsOf(graph));

    /// <summary>Creates an estimate from the current state of the stages.</summary>
    /// <param name="graph">The sweep.</param>
    /// <param name="store">The store of stages.</param>
    /// <param name="costs">The operations of each stage (<see cref="CostsOf"/>), which do not change.</param>
    public static SweepEstimate Of(SweepGraph graph, StageStore store, IReadOnlyDictionary<string, double?> costs)
    {
        Dictionary<StageKind, double?> speeds = graph.Stages.Select(stage => stage.Kind).Distinct().ToDictionary(kind => kind, store.SecondsPerOperation);
        return new SweepEstimate([.. graph.Stages.Select(stage =>
        {
            double? cost = costs[stage.Key];
            return new StageEstimate(stage, store.StatusOf(stage), cost, StageCost.Limit(stage)?.TotalSeconds ?? (cost * speeds[stage.Kind]));
        })]);
    }

    /// <summary>Computes the operations of each stage by its key; null where they are unknown.</summary>
    public static IReadOnlyDictionary<string, double?> CostsOf(SweepGraph graph) => graph.Stages.ToDictionary(stage => stage.Key, StageCost.Of, StringComparer.Ordinal);

    /// <summary>Returns a text such as "about 0:23:10 left with 2 jobs"; empty if the time is unknown or nothing is left.</summary>
    /// <param name="jobs">Number of stages that run at the same time.</param>
    public string Left(int jobs) => Seconds is > 0 and { } seconds ? string.Create(CultureInfo.InvariantCulture, $"about {Duration.Text(TimeSpan.FromSeconds(seconds / jobs))} left with {jobs} job{(jobs == 1 ? "" : "s")}") : "";
}
