namespace HiEndMae.Engine.Configuration;

/// <summary>What weight decay acts on.</summary>
public enum DecayedParameters
{
    /// <summary>Matrices and convolutions; not biases, norms, class and mask tokens, positions.</summary>
    Matrices,

    /// <summary>Every trained tensor, as the official code has it.</summary>
    All,
}
