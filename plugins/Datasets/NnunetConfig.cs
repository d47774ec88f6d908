using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A folder in nnU-Net's raw format, version 1 or 2: imagesTr/CASE_0000.nii.gz, one file per channel, labelsTr/CASE.nii.gz, dataset.json.</summary>
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

    /// <summary>Regular expression that finds the patient in a case's name, by its first group or as a whole; empty where every case is a patient.</summary>
    public string Patient { get; init; } = "";

    partial void Check(KeyReport report)
    {
        if (!PatientName.IsPattern(Patient)) report.Error(nameof(Patient), "is no regular expression");
    }
}
