using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Chooses the cases of a split that a stage trains on.</summary>
public static class CaseSubset
{
    /// <summary>The chosen cases, in the order of the split.</summary>
    /// <param name="cases">All cases of the split.</param>
    /// <param name="subset">Which of them are chosen.</param>
    /// <param name="name">Name of the split in messages.</param>
    /// <exception cref="VolumeException">The split has fewer cases than asked for, or no case of a name.</exception>
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
        if (count > cases.Count) throw new VolumeException($"There are {cases.Count} cases of {name}, but a subset of {count} is asked for.");
        if (subset.Seed is not { } seed) return [.. cases.Take(count)];
        // The first cases of one permutation, so that a larger subset contains every smaller one.
        var order = new long[cases.Count];
        new RandomSource(seed, Purpose.Subset).Permute(order);
        return [.. order.Take(count).Order().Select(index => cases[(int)index])];
    }
}
