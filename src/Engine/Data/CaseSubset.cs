using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>The cases of a split that are trained on.</summary>
public static class CaseSubset
{
    /// <summary>Chooses; the order of the split is kept.</summary>
    /// <param name="cases">The split.</param>
    /// <param name="subset">Which of them.</param>
    /// <param name="name">What errors call the split.</param>
    /// <exception cref="VolumeException">There are fewer than asked for, or none of a name.</exception>
    public static IReadOnlyList<DatasetCase> Of(IReadOnlyList<DatasetCase> cases, SubsetConfig subset, string name)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(subset);
        if (subset.IsWhole) return cases;
        if (subset.Cases.Count > 0)
        {
            string[] ids = [.. cases.Select(one => one.Id)];
            if (subset.Cases.Except(ids).FirstOrDefault() is { } unknown) throw new VolumeException($"There is no case '{unknown}' among the {ids.Length} cases of {name}{NearestName.Suggest(unknown, ids)}");
            return [.. cases.Where(one => subset.Cases.Contains(one.Id))];
        }
        int count = subset.Count ?? Math.Max(1, (int)(cases.Count * subset.Fraction!.Value));
        if (count > cases.Count) throw new VolumeException($"There are {cases.Count} cases of {name}; a subset of {count} is asked for.");
        if (subset.Seed is not { } seed) return [.. cases.Take(count)];
        // The first of one permutation, so that a larger subset holds every smaller one.
        var order = new long[cases.Count];
        new RandomSource(seed, Purpose.Subset).Permute(order);
        return [.. order.Take(count).Order().Select(index => cases[(int)index])];
    }
}
