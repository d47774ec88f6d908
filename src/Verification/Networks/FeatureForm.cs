namespace HiEndMae.Verification.Networks;

/// <summary>Order of the axes of a module's output.</summary>
internal enum FeatureForm
{
    /// <summary>[B, C, X, Y, Z], as in goldens.</summary>
    Volumes,

    /// <summary>[B, X, Y, Z, C].</summary>
    Rows,

    /// <summary>[B, X, Y, Z, C]; [B, N, C] in goldens.</summary>
    Tokens,
}
