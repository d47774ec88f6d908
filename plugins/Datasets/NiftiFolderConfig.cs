namespace HiEndMae.Plugins.Datasets;

/// <summary>NIfTI, MetaImage or NRRD files of a folder: images for pre-training by pattern, labelled cases by name.</summary>
[Component(Slot.Dataset, "nifti-folder")]
public sealed partial record NiftiFolderConfig
{
    /// <summary>Folder that all other paths are relative to.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>Patterns (*, **, ?) of the images to pre-train on; left out, the images of the training cases.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Labelled cases for fine-tuning.</summary>
    public IReadOnlyList<CaseEntry> Training { get; init; } = [];

    /// <summary>Labelled cases for validation.</summary>
    public IReadOnlyList<CaseEntry> Validation { get; init; } = [];

    /// <summary>Labelled cases for testing.</summary>
    public IReadOnlyList<CaseEntry> Test { get; init; } = [];

    /// <summary>Classes in the order of their index, from 1; any other value of a label map is background.</summary>
    public IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    /// <summary>Overlapping regions, which are segmented and scored in place of the classes. Predictions are written in the order of this list, so the largest comes first.</summary>
    public IReadOnlyList<RegionEntry> Regions { get; init; } = [];

    /// <summary>Value of voxels that nobody has labelled: they take part in no loss and no score. Left out, there are none.</summary>
    [Range(1, 65535)]
    public int? Ignore { get; init; }

    /// <summary>Name of the image channel.</summary>
    [NotEmpty]
    public string Channel { get; init; } = "CT";
}
