namespace HiEndMae.Engine.Inference;

/// <summary>How several checkpoints become one answer.</summary>
public enum CheckpointAveraging
{
    /// <summary>Every checkpoint answers; their probabilities are averaged. Costs a pass each.</summary>
    Probabilities,

    /// <summary>Weights are averaged to one model, which answers. For checkpoints of one training.</summary>
    Weights,
}
