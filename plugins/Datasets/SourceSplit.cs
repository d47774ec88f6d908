namespace HiEndMae.Plugins.Datasets;

/// <summary>What a folder's cases are for.</summary>
public enum SourceSplit
{
    /// <summary>To fine-tune on.</summary>
    Training,

    /// <summary>To choose by.</summary>
    Validation,

    /// <summary>To report.</summary>
    Test,

    /// <summary>To pre-train on only.</summary>
    Unlabelled,
}
