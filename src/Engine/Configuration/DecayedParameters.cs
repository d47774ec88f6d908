namespace HiEndMae.Engine.Configuration;

/// <summary>The tensors that weight decay acts on.</summary>
public enum DecayedParameters
{
    /// <summary>Weights of linear layers and convolutions; not biases, norms, class and mask tokens, and position embeddings.</summary>
    Matrices,

    /// <summary>Every trained tensor, as in the official code.</summary>
    All,
}
