namespace HiEndMae;

/// <summary>Names of a dataset, its channels and its labels.</summary>
/// <param name="Name">Short name for tables.</param>
/// <param name="ChannelNames">One name per image channel, such as "CT".</param>
/// <param name="LabelNames">One name per class index; index 0 is background. Empty for images without labels.</param>
public sealed record DatasetInfo(string Name, IReadOnlyList<string> ChannelNames, IReadOnlyList<string> LabelNames)
{
    /// <summary>Class index of voxels that nobody has labelled. They take part in no loss and no score, and no crop is centred on one.</summary>
    public const ushort IgnoredIndex = ushort.MaxValue;

    /// <summary>The value that the dataset's label maps have for each class index, for label maps that are written. Default: the class index itself.</summary>
    public IReadOnlyList<int> LabelValues { get; init; } = [.. Enumerable.Range(0, LabelNames.Count)];

    /// <summary>Whether label maps may have <see cref="IgnoredIndex"/>.</summary>
    public bool HasIgnored { get; init; }

    /// <summary>Overlapping regions, which a network segments and which are scored in place of the classes; empty where classes do not overlap.</summary>
    public IReadOnlyList<LabelRegion> Regions { get; init; } = [];

    /// <summary>Outputs of a network: one per region, or one per class.</summary>
    public int NumOutputs => Regions.Count > 0 ? Regions.Count : LabelNames.Count;

    /// <summary>Names of what is scored, background first: regions, or classes.</summary>
    public IReadOnlyList<string> ScoredNames => Regions.Count > 0 ? [LabelNames[0], .. Regions.Select(region => region.Name)] : LabelNames;
}
