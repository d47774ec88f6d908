using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Checks that no patient is on two sides of a split, and that no two cases of a split have the same name or would be written to the same file.</summary>
public static class SplitCheck
{
    private static readonly DatasetSplit[] Sides = [DatasetSplit.Training, DatasetSplit.Validation, DatasetSplit.Test];

    /// <summary>Checks a dataset.</summary>
    /// <exception cref="VolumeException">A patient is on two sides, two cases have the same name, or the names of two cases give the same file name.</exception>
    public static void Check(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        Dictionary<DatasetSplit, DatasetCase[]> cases = Sides.ToDictionary(split => split, split => dataset.Cases(split).ToArray());
        foreach ((DatasetSplit split, DatasetCase[] side) in cases)
        {
            if (side.GroupBy(one => one.Id).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
                throw new VolumeException($"Dataset '{dataset.Info.Name}' has two {Name(split)} cases named '{twice.Key}'.");
            // Predictions and pictures are named by case. File systems may ignore upper and lower case.
            if (side.GroupBy(one => FileNames.Safe(one.Id), StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Skip(1).Any()) is { } alike)
                throw new VolumeException($"Dataset '{dataset.Info.Name}' has {Name(split)} cases '{alike.First().Id}' and '{alike.ElementAt(1).Id}', whose files would have the same name '{alike.Key}'; rename one of them.");
        }
        Compare(DatasetSplit.Training, DatasetSplit.Validation);
        Compare(DatasetSplit.Training, DatasetSplit.Test);
        // The official code validates and tests on the very same cases. Any other overlap is a mistake.
        if (!cases[DatasetSplit.Validation].Select(one => one.Id).ToHashSet().SetEquals(cases[DatasetSplit.Test].Select(one => one.Id))) Compare(DatasetSplit.Validation, DatasetSplit.Test);

        void Compare(DatasetSplit one, DatasetSplit other)
        {
            Dictionary<string, string> groups = cases[one].DistinctBy(item => item.Group).ToDictionary(item => item.Group, item => item.Id);
            if (cases[other].FirstOrDefault(item => groups.ContainsKey(item.Group)) is { } both)
                throw new VolumeException($"Dataset '{dataset.Info.Name}' has patient '{both.Group}' in both {Name(one)} (case '{groups[both.Group]}') and {Name(other)} (case '{both.Id}').");
        }
    }

    private static string Name(DatasetSplit split) => split.ToString().ToLowerInvariant();
}
