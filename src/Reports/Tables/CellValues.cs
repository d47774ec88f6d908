
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>Results that fell into one cell.</summary>
internal sealed class CellValues
{
    private readonly List<(Replicate Of, double Value, RunRecord Run)> all = [];

    /// <summary>Adds a result; results come in the order of their runs.</summary>
    public void Add(Replicate replicate, double value, RunRecord run) => all.Add((replicate, value, run));

    /// <summary>Values by seeds, of the newest run's config; the newest run of a seed counts.</summary>
    public IReadOnlyDictionary<string, double> BySeeds => Current.GroupBy(one => one.Of.Seeds).ToDictionary(group => group.Key, group => group.Last().Value);

    /// <summary>Values by what pairs runs of two rows.</summary>
    public IReadOnlyDictionary<string, double> ByPair => Current.GroupBy(one => one.Of.Seeds).Select(group => group.Last())
        .GroupBy(one => one.Of.Pair).ToDictionary(group => group.Key, group => group.Average(one => one.Value));

    /// <summary>Runs that count.</summary>
    public IEnumerable<RunRecord> Runs => Current.GroupBy(one => one.Of.Seeds).Select(group => group.Last().Run);

    /// <summary>Said where runs of other configs fell into the cell too; null where none did.</summary>
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
