namespace HiEndMae;

/// <summary>Parts of a dataset; no patient is in two of training, validation and test.</summary>
public enum DatasetSplit
{
    /// <summary>Images for pre-training, labelled or not.</summary>
    Pretraining,

    /// <summary>Labelled cases to fine-tune on.</summary>
    Training,

    /// <summary>Labelled cases to choose by.</summary>
    Validation,

    /// <summary>Labelled cases to report.</summary>
    Test,
}
