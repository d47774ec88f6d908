using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A dataset.json in the form of the Medical Segmentation Decathlon, as used by MONAI and the official fine-tuning code, with the lists "training", "validation" and "test".</summary>
[Component(Slot.Dataset, "decathlon")]
public sealed partial record DecathlonConfig
{
    /// <summary>Folder that the paths in the list are relative to.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>The list, relative to the root.</summary>
    [NotEmpty]
    public string List { get; init; } = "dataset.json";

    /// <summary>Lists for pre-training.</summary>
    [NotEmpty]
    public IReadOnlyList<string> PretrainingLists { get; init; } = ["training"];

    /// <summary>List for fine-tuning.</summary>
    [NotEmpty]
    public string TrainingList { get; init; } = "training";

    /// <summary>List for validation.</summary>
    [NotEmpty]
    public string ValidationList { get; init; } = "validation";

    /// <summary>List for testing. The official code tests on its validation list.</summary>
    [NotEmpty]
    public string TestList { get; init; } = "validation";

    /// <summary>Names of cases of <see cref="TrainingList"/> that are used for validation instead. They are not used for training or pre-training.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Names of cases of <see cref="TrainingList"/> that are used for testing instead. They are not used for training or pre-training.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Cases of the training list to keep for validation and test, drawn by a seed: counts, fractions, or one fold of a cross-validation.</summary>
    public DrawnSplit Split { get; init; } = new();

    /// <summary>Overlapping regions, which are segmented and scored in place of the classes. Predictions are written in the order of this list, so the largest comes first.</summary>
    public IReadOnlyList<RegionEntry> Regions { get; init; } = [];

    /// <summary>Value of voxels that nobody has labelled: they take part in no loss and no score. Left out, the value that the list names "ignore", if any.</summary>
    [Range(1, 65535)]
    public int? Ignore { get; init; }

    /// <summary>Regular expression that finds the patient in a case's name, by its first group or as a whole; empty where every case is a patient.</summary>
    public string Patient { get; init; } = "";

    partial void Check(KeyReport report)
    {
        if (Validation.Count > 0 && ValidationList != "validation") report.Error(nameof(ValidationList), "cannot be combined with 'validation'; give only one of them");
        if (Test.Count > 0 && TestList != "validation") report.Error(nameof(TestList), "cannot be combined with 'test'; give only one of them");
        if (Validation.Intersect(Test).FirstOrDefault() is { } both) report.Error(nameof(Test), $"names '{both}', which 'validation' names too");
        if (Split.IsDrawn && (Validation.Count > 0 || Test.Count > 0 || ValidationList != "validation" || TestList != "validation")) report.Error(nameof(Split), "cannot be combined with names or lists of validation and test cases");
        if (!PatientName.IsPattern(Patient)) report.Error(nameof(Patient), "is not a regular expression");
    }
}
