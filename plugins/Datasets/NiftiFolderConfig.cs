namespace HiEndMae.Plugins.Datasets;

/// <summary>NIfTI, MetaImage or NRRD files of a folder: images to pre-train on by pattern, labelled cases by name.</summary>
[Component(Slot.Dataset, "nifti-folder")]
public sealed partial record NiftiFolderConfig
{
    /// <summary>The folder that every other path is relative to.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>Patterns (*, **, ?) of the images to pre-train on; left out, the images of the training cases.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Labelled cases to fine-tune on.</summary>
    public IReadOnlyList<CaseEntry> Training { get; init; } = [];

    /// <summary>Labelled cases to choose by.</summary>
    public IReadOnlyList<CaseEntry> Validation { get; init; } = [];

    /// <summary>Labelled cases to report.</summary>
    public IReadOnlyList<CaseEntry> Test { get; init; } = [];

    /// <summary>Classes in the order of their index, from 1; any other value of a label map is background.</summary>
    public IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    /// <summary>Name of the image channel.</summary>
    [NotEmpty]
    public string Channel { get; init; } = "CT";
}
