namespace HiEndMae.Plugins.Datasets;

/// <summary>A labelled case of a folder.</summary>
[ConfigSection]
public sealed partial record CaseEntry
{
    /// <summary>Image file, relative to the dataset's root.</summary>
    [NotEmpty]
    public required string Image { get; init; }

    /// <summary>Label map, relative to the dataset's root.</summary>
    [NotEmpty]
    public required string Label { get; init; }

    /// <summary>The patient; empty for the image's name. A patient is never in two of training, validation and test.</summary>
    public string Patient { get; init; } = "";
}
