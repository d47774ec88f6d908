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

    /// <summary>Patient of the case; default: the name of the image. A patient belongs to only one of training, validation and test.</summary>
    public string Patient { get; init; } = "";
}
