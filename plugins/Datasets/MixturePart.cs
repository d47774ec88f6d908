using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A dataset of a mixture.</summary>
[ConfigSection]
public sealed partial record MixturePart
{
    /// <summary>The dataset; its keys stand beside these, or dataset = "NAME" names a [datasets.NAME].</summary>
    [Plugin(Slot.Dataset, Inline = true)]
    public required IComponentConfig Dataset { get; init; }

    /// <summary>Put before the ids of its cases; empty for the dataset's own name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Share of the draws, relative to the other parts; left out everywhere, every case is drawn as often as any other.</summary>
    [Range(1e-6, 1e6)]
    public double? Weight { get; init; }

    /// <summary>Number of its cases that are used, drawn by the mixture's seed; left out, all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }
}
