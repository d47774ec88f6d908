using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A dataset of a mixture.</summary>
[ConfigSection]
public sealed partial record MixturePart
{
    /// <summary>The dataset: its keys beside these, or dataset = "NAME" for a [datasets.NAME].</summary>
    [Plugin(Slot.Dataset, Inline = true)]
    public required IComponentConfig Dataset { get; init; }

    /// <summary>Put before the ids of its cases; empty for the dataset's own name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Share of the draws, relative to the other parts; default for all parts: every case is drawn equally often.</summary>
    [Range(1e-6, 1e6)]
    public double? Weight { get; init; }

    /// <summary>Number of its cases to use, drawn with the seed of the mixture; default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }
}
