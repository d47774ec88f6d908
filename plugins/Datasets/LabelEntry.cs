using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A class, and the values that label maps give it.</summary>
[ConfigSection]
public sealed partial record LabelEntry
{
    /// <summary>Name of the organ.</summary>
    [NotEmpty]
    public required string Name { get; init; }

    /// <summary>Value in the label maps.</summary>
    [Range(1, 65535)]
    public int? Id { get; init; }

    /// <summary>Values in the label maps that are one class together, instead of <see cref="Id"/>. Predictions have the first of them.</summary>
    public IReadOnlyList<int> Ids { get; init; } = [];

    internal IReadOnlyList<int> Values => Id is { } id ? [id] : Ids;

    partial void Check(KeyReport report)
    {
        if (Id is null && Ids.Count == 0) report.Error(nameof(Id), "must give the value of the class, or give 'ids' instead");
        if (Id is not null && Ids.Count > 0) report.Error(nameof(Ids), "cannot be combined with 'id'; give only one of them");
        if (Ids.Any(id => id is < 1 or > ushort.MaxValue)) report.Error(nameof(Ids), $"has {Ids.First(id => id is < 1 or > ushort.MaxValue)}; values of classes are 1 to {ushort.MaxValue}");
        if (Ids.Distinct().Count() != Ids.Count) report.Error(nameof(Ids), "names a value twice");
    }
}
