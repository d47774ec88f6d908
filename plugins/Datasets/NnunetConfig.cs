using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A folder of nnU-Net's raw form, version 1 or 2: imagesTr/CASE_0000.nii.gz, one file per channel, labelsTr/CASE.nii.gz, dataset.json; or with the cases that its key "dataset" lists.</summary>
[Component(Slot.Dataset, "nnunet")]
public sealed partial record NnunetConfig
{
    /// <summary>The dataset's folder.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>Cases of imagesTr for fine-tuning; default: those that are not used for validation or testing.</summary>
    public IReadOnlyList<string> Training { get; init; } = [];

    /// <summary>Cases of imagesTr for validation.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Cases of imagesTr for testing; default: cases of imagesTs that have a label map in labelsTs.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Cases of imagesTr to keep for validation and test, drawn by a seed: counts, fractions, or one fold of a cross-validation.</summary>
    public DrawnSplit Split { get; init; } = new();

    /// <summary>Overlapping regions, which are segmented and scored in place of the classes. Predictions are written in the order of this list, so the largest comes first.</summary>
    public IReadOnlyList<RegionEntry> Regions { get; init; } = [];

    /// <summary>Value of voxels that nobody has labelled: they take part in no loss and no score. Left out, the value that dataset.json names "ignore", if any.</summary>
    [Range(1, 65535)]
    public int? Ignore { get; init; }

    /// <summary>Regular expression that finds the patient in a case's name, by its first group or as a whole; empty where every case is a patient.</summary>
    public string Patient { get; init; } = "";

    partial void Check(KeyReport report)
    {
        if (Split.IsDrawn && (Training.Count > 0 || Validation.Count > 0 || Test.Count > 0)) report.Error(nameof(Split), "cannot be combined with names of training, validation and test cases");
        if (!PatientName.IsPattern(Patient)) report.Error(nameof(Patient), "is not a regular expression");
    }
}
