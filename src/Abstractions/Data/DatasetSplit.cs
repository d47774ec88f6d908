namespace HiEndMae;

/// <summary>Parts of a dataset. No patient is in two of training, validation and test.</summary>
public enum DatasetSplit
{
    /// <summary>Images for pre-training, labelled or not.</summary>
    Pretraining,

    /// <summary>Labelled cases to fine-tune on.</summary>
    Training,

    /// <summary>Labelled cases to choose checkpoints and settings by.</summary>
    Validation,

    /// <summary>Labelled cases for the reported scores.</summary>
    Test,
}
