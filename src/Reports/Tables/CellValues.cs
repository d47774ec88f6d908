
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>Collects the results that belong to one cell.</summary>
internal sealed class CellValues
{
    private readonly List<(Replicate Of, double Value, RunRecord Run)> all = [];

    /// <summary>Adds a result. Results are added in the order of their runs.</summary>
    public void Add(Replicate replicate, double value, RunRecord run) => all.Add((replicate, value, run));

    /// <summary>Returns the values of the newest run's config by seed. If a seed has several runs, the newest one counts.</summary>
    public IReadOnlyDictionary<string, double> BySeeds => Current.GroupBy(one => one.Of.Seeds).ToDictionary(group => group.Key, group => group.Last().Value);

    /// <summary>Returns the values by the seeds with which runs of two rows are paired.</summary>
    public IReadOnlyDictionary<string, double> ByPair => Current.GroupBy(one => one.Of.Seeds).Select(group => group.Last())
        .GroupBy(one => one.Of.Pair).ToDictionary(group => group.Key, group => group.Average(one => one.Value));

    /// <summary>The runs whose results count.</summary>
    public IEnumerable<RunRecord> Runs => Current.GroupBy(one => one.Of.Seeds).Select(group => group.Last().Run);

    /// <summary>Returns a note if runs of other configs belong to the cell as well, otherwise null.</summary>
    public string? LeftOut()
    {
        Replicate[] families = [.. all.Select(one => one.Of).DistinctBy(one => one.FamilyKey)];
        if (families.Length < 2) return null;
        Replicate newest = all[^1].Of;
        string[] keys = [.. Replicate.Differences(families).Take(4)];
        return $"{all.Count - Current.Count()} runs of other configs are left out; the newest has {string.Join(", ", keys.Select(key => $"{key} = {newest.Family.GetValueOrDefault(key, "nothing")}"))}";
    }

    private IEnumerable<(Replicate Of, double Value, RunRecord Run)> Current => all.Where(one => one.Of.FamilyKey == all[^1].Of.FamilyKey);
}
