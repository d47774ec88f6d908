using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A region that consists of several label values. Regions may overlap.</summary>
[ConfigSection]
public sealed partial record RegionEntry
{
    /// <summary>Name of the region.</summary>
    [NotEmpty]
    public required string Name { get; init; }

    /// <summary>Values in the label maps.</summary>
    [NotEmpty]
    public required IReadOnlyList<int> Ids { get; init; }

    /// <summary>Value of the region in predictions, where later regions are written over earlier ones; default: the one of its values that no later region has.</summary>
    [Range(1, 65535)]
    public int? Value { get; init; }

    partial void Check(KeyReport report)
    {
        if (Ids.Any(id => id is < 1 or > ushort.MaxValue)) report.Error(nameof(Ids), $"has {Ids.First(id => id is < 1 or > ushort.MaxValue)}; values of regions are 1 to {ushort.MaxValue}");
    }
}
