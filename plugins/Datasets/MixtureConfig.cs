using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Several datasets for pre-training together.</summary>
[Component(Slot.Dataset, "mixture")]
public sealed partial record MixtureConfig
{
    /// <summary>The datasets.</summary>
    [NotEmpty]
    public required IReadOnlyList<MixturePart> Parts { get; init; }

    /// <summary>Seed for drawing the cases of parts with a limit.</summary>
    [Range(0, int.MaxValue)]
    public int PartSeed { get; init; }

    partial void Check(KeyReport report)
    {
        if (Parts.Any(part => part.Weight is null) && Parts.Any(part => part.Weight is not null)) report.Error(nameof(Parts), "must have a 'weight' in every part or in none");
        if (Parts.All(part => part.Limit is null) && PartSeed != 0) report.Warning(nameof(PartSeed), "has no effect without a 'limit' in a part");
    }
}
