namespace HiEndMae.Engine.Stages;

/// <summary>The kinds of stages.</summary>
public enum StageKind
{
    /// <summary>Trains an encoder without labels.</summary>
    Pretrain,

    /// <summary>Trains an encoder and a segmentation head on labelled cases.</summary>
    Finetune,

    /// <summary>Segments and scores test cases.</summary>
    Evaluate,
}
