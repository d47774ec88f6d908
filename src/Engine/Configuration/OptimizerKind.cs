namespace HiEndMae.Engine.Configuration;

/// <summary>Update rules of optimisers.</summary>
public enum OptimizerKind
{
    /// <summary>Adaptive moments with decoupled decay (arXiv:1711.05101).</summary>
    Adamw,

    /// <summary>Gradient descent with momentum. Weight decay is added to the gradient.</summary>
    Sgd,
}
