using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A dataset.json of the Medical Segmentation Decathlon's form, as MONAI and the official fine-tuning code read it: lists "training", "validation" and "test".</summary>
[Component(Slot.Dataset, "decathlon")]
public sealed partial record DecathlonConfig
{
    /// <summary>The folder that the list's paths are relative to.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>The list, relative to the root.</summary>
    [NotEmpty]
    public string List { get; init; } = "dataset.json";

    /// <summary>Lists to pre-train on.</summary>
    [NotEmpty]
    public IReadOnlyList<string> PretrainingLists { get; init; } = ["training"];

    /// <summary>List to fine-tune on.</summary>
    [NotEmpty]
    public string TrainingList { get; init; } = "training";

    /// <summary>List to choose by.</summary>
    [NotEmpty]
    public string ValidationList { get; init; } = "validation";

    /// <summary>List to report; the official code reports the one that it chooses by.</summary>
    [NotEmpty]
    public string TestList { get; init; } = "validation";

    /// <summary>Cases of <see cref="TrainingList"/>, by name, to choose by instead; they are neither trained nor pre-trained on.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Cases of <see cref="TrainingList"/>, by name, to report instead; they are neither trained nor pre-trained on.</summary>
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
        if (Validation.Count > 0 && ValidationList != "validation") report.Error(nameof(ValidationList), "cannot stand beside 'validation'; say one of them");
        if (Test.Count > 0 && TestList != "validation") report.Error(nameof(TestList), "cannot stand beside 'test'; say one of them");
        if (Validation.Intersect(Test).FirstOrDefault() is { } both) report.Error(nameof(Test), $"names '{both}', which 'validation' names too");
        if (Split.IsDrawn && (Validation.Count > 0 || Test.Count > 0 || ValidationList != "validation" || TestList != "validation")) report.Error(nameof(Split), "cannot stand beside names or lists of validation and test cases");
        if (!PatientName.IsPattern(Patient)) report.Error(nameof(Patient), "is no regular expression");
    }
}
