namespace HiEndMae.Engine.Inference;

/// <summary>How several checkpoints are averaged.</summary>
public enum CheckpointAveraging
{
    /// <summary>The probabilities of all checkpoints are averaged. Costs one pass per checkpoint.</summary>
    Probabilities,

    /// <summary>The weights are averaged to one model. Only for checkpoints of one training.</summary>
    Weights,
}
