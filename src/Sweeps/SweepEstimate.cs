using System.Globalization;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Sweeps;

/// <summary>How far a sweep is and what is left of it, as far as that can be known from configs and from stages that have finished.</summary>
/// <param name="Stages">Each after the one that it starts from.</param>
internal sealed record SweepEstimate(IReadOnlyList<StageEstimate> Stages)
{
    /// <summary>Stages that have finished.</summary>
    public int NumDone => Stages.Count(row => row.Status == StageStatus.Done);

    /// <summary>Operations of the trainings that are left, of those that are known.</summary>
    public double Operations => Open.Sum(row => row.Operations ?? 0);

    /// <summary>Seconds of the trainings that are left, one after another; null where one of them is not known.</summary>
    public double? Seconds => Open.Aggregate((double?)0, (sum, row) => sum + row.Seconds);

    private IEnumerable<StageEstimate> Open => Stages.Where(row => row.Status != StageStatus.Done);

    /// <summary>Looks at the stages as they are now.</summary>
    public static SweepEstimate Of(SweepGraph graph, StageStore store)
    {
        Dictionary<StageKind, double?> speeds = graph.Stages.Select(stage => stage.Kind).Distinct().ToDictionary(kind => kind, store.SecondsPerOperation);
        return new SweepEstimate([.. graph.Stages.Select(stage =>
        {
            double? cost = StageCost.Of(stage);
            return new StageEstimate(stage, store.StatusOf(stage), cost, cost * speeds[stage.Kind]);
        })]);
    }

    /// <summary>Such as "about 0:23:10 left with 2 jobs"; empty where that is not known, or nothing is left.</summary>
    /// <param name="jobs">Stages at a time.</param>
    public string Left(int jobs) => Seconds is > 0 and { } seconds ? string.Create(CultureInfo.InvariantCulture, $"about {Duration.Text(TimeSpan.FromSeconds(seconds / jobs))} left with {jobs} job{(jobs == 1 ? "" : "s")}") : "";
}
