namespace HiEndMae.Engine.Analysis;

/// <summary>The matrix whose effective rank is computed. The paper does not specify it, so every result names its definition.</summary>
public enum RankDefinition
{
    /// <summary>V of the patch tokens, heads side by side, neither centred nor scaled. This is the primary definition.</summary>
    AllHeads,

    /// <summary>The same with the mean token subtracted.</summary>
    Centred,

    /// <summary>V of each head by itself; at most d = E / H.</summary>
    PerHead,

    /// <summary>Like <see cref="AllHeads"/>, with shares of the squared singular values.</summary>
    Squared,

    /// <summary>Like <see cref="AllHeads"/>, with the class token's row.</summary>
    WithClassToken,

    /// <summary>Rows centred and scaled to length 1, with shares of the squared singular values: the matrix entropy of the covariance.</summary>
    MatrixInformation,

    /// <summary>Attention times V in place of V, before the output projection.</summary>
    Attended,
}
