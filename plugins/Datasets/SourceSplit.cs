namespace HiEndMae.Plugins.Datasets;

/// <summary>Use of the cases of a folder.</summary>
public enum SourceSplit
{
    /// <summary>For fine-tuning.</summary>
    Training,

    /// <summary>For validation.</summary>
    Validation,

    /// <summary>For testing.</summary>
    Test,

    /// <summary>For pre-training only.</summary>
    Unlabelled,
}
