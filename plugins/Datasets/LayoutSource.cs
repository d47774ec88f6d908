using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Cases whose files follow one pattern.</summary>
[ConfigSection]
public sealed partial record LayoutSource
{
    /// <summary>Image files relative to the root, one pattern per channel. {case} stands for the name of the case, * for anything within a name; a '/' at the end means a folder (a DICOM series).</summary>
    [NotEmpty]
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>Label map relative to the root, with {case}; empty for none. With {label} in it, every class has a mask of its own, in the file of its name; where masks overlap, the class listed later counts.</summary>
    public string Label { get; init; } = "";

    /// <summary>Use of the cases.</summary>
    public SourceSplit Split { get; init; } = SourceSplit.Training;

    /// <summary>Put before the names of the cases, where those of two sources are alike.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether no file needs to match the pattern, for parts of a dataset that are not always present.</summary>
    public bool Optional { get; init; }

    partial void Check(KeyReport report)
    {
        if (Images.Any(pattern => !pattern.Contains(CasePattern.Case, StringComparison.Ordinal))) report.Error(nameof(Images), "every pattern must hold {case}, as in \"imagesTr/{case}_0000.nii.gz\"");
        else if (Images.Skip(1).Any(pattern => pattern.Contains('*', StringComparison.Ordinal))) report.Error(nameof(Images), "only the first pattern may hold '*': the others follow from the case's name");
        if (Label.Length > 0 && !Label.Contains(CasePattern.Case, StringComparison.Ordinal)) report.Error(nameof(Label), "must hold {case}");
        if (Label.Contains('*', StringComparison.Ordinal)) report.Error(nameof(Label), "must not hold '*': it follows from the case's name");
        if (Label.Length == 0 && Split != SourceSplit.Unlabelled) report.Error(nameof(Split), "needs a 'label'; cases without one are split = \"unlabelled\"");
        if (Label.Length > 0 && Split == SourceSplit.Unlabelled) report.Warning(nameof(Label), "has no effect with split = \"unlabelled\"");
    }
}
