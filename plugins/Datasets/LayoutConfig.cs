using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A folder in the layout in which its dataset is published. Cases are found by patterns of file paths.</summary>
[Component(Slot.Dataset, "layout")]
public sealed partial record LayoutConfig
{
    /// <summary>The dataset's folder.</summary>
    [Path, NotEmpty]
    public required string Root { get; init; }

    /// <summary>Name of the dataset; default: the name of the folder.</summary>
    public string Title { get; init; } = "";

    /// <summary>Where cases are.</summary>
    [NotEmpty]
    public required IReadOnlyList<LayoutSource> Sources { get; init; }

    /// <summary>Names of the image channels.</summary>
    [NotEmpty]
    public IReadOnlyList<string> Channels { get; init; } = ["CT"];

    /// <summary>Classes in the order of their index, from 1.</summary>
    public IReadOnlyList<LabelEntry> Labels { get; init; } = [];

    /// <summary>Overlapping regions, which are segmented and scored in place of the classes. Predictions are written in the order of this list, so the largest comes first.</summary>
    public IReadOnlyList<RegionEntry> Regions { get; init; } = [];

    /// <summary>Value of voxels that nobody has labelled: they take part in no loss and no score. Left out, there are none.</summary>
    [Range(1, 65535)]
    public int? Ignore { get; init; }

    /// <summary>Whether values of label maps without a name are background; otherwise they are errors.</summary>
    public bool OtherLabelsAreBackground { get; init; }

    /// <summary>Names of training cases that are used for validation instead.</summary>
    public IReadOnlyList<string> Validation { get; init; } = [];

    /// <summary>Names of training cases that are used for testing instead.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Cases to train on to keep for validation and test, drawn by a seed: counts, fractions, or one fold of a cross-validation.</summary>
    public DrawnSplit Split { get; init; } = new();

    /// <summary>Number of training cases that are used for testing instead, drawn with <see cref="SplitSeed"/>.</summary>
    [Range(0, 1_000_000)]
    public int TestCount { get; init; }

    /// <summary>Seed for drawing cases.</summary>
    [Range(0, int.MaxValue)]
    public int SplitSeed { get; init; }

    /// <summary>Whether the test cases are also used for validation, as in the official code.</summary>
    public bool ValidateOnTest { get; init; }

    /// <summary>Whether images of test cases are also used for pre-training, without labels, as in the paper.</summary>
    public bool PretrainOnTest { get; init; }

    /// <summary>Regular expression that finds the patient in a case's name, by its first group or as a whole; empty where every case is a patient.</summary>
    public string Patient { get; init; } = "";

    partial void Check(KeyReport report)
    {
        if (Split.IsDrawn && (TestCount > 0 || Test.Count > 0 || Validation.Count > 0 || Sources.Any(source => source.Split is SourceSplit.Test or SourceSplit.Validation)))
            report.Error(nameof(Split), "cannot be combined with other test or validation cases");
        if (TestCount > 0 && Test.Count > 0) report.Error(nameof(TestCount), "cannot be combined with 'test'; give only one of them");
        if (ValidateOnTest && (Validation.Count > 0 || Sources.Any(source => source.Split == SourceSplit.Validation))) report.Error(nameof(ValidateOnTest), "has no effect, because there are validation cases");
        if (Labels.Count == 0 && Regions.Count == 0 && Sources.Any(source => source.Label.Length > 0 && source.Split != SourceSplit.Unlabelled)) report.Error(nameof(Labels), "must name the values of the label maps");
        if (Labels.GroupBy(label => label.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } name) report.Error(nameof(Labels), $"has two classes named '{name.Key}'");
        if (Labels.SelectMany(label => label.Values.Distinct()).GroupBy(value => value).FirstOrDefault(same => same.Skip(1).Any()) is { } id) report.Error(nameof(Labels), $"gives the value {id.Key} two names");
        if (Ignore is { } ignored && Labels.FirstOrDefault(label => label.Values.Contains(ignored)) is { } both) report.Error(nameof(Ignore), $"is also the value of '{both.Name}'");
        if (Sources.FirstOrDefault(source => source.Images.Count != 1 && source.Images.Count != Channels.Count) is { } other)
            report.Error(nameof(Channels), $"names {Channels.Count} channels, but a source has {other.Images.Count} images a case");
        if (!PatientName.IsPattern(Patient)) report.Error(nameof(Patient), "is not a regular expression");
    }
}
