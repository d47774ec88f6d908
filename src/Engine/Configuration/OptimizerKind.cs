namespace HiEndMae.Engine.Configuration;

/// <summary>Rules that weights are updated by.</summary>
public enum OptimizerKind
{
    /// <summary>Adaptive moments with decoupled decay (arXiv:1711.05101).</summary>
    Adamw,

    /// <summary>Gradient descent with momentum; decay is added to the gradient.</summary>
    Sgd,
}
