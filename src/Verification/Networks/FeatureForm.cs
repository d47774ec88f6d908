namespace HiEndMae.Verification.Networks;

/// <summary>How the axes of a module's output lie.</summary>
internal enum FeatureForm
{
    /// <summary>[B, C, X, Y, Z], as goldens have features.</summary>
    Volumes,

    /// <summary>[B, X, Y, Z, C].</summary>
    Rows,

    /// <summary>[B, X, Y, Z, C], in goldens [B, N, C].</summary>
    Tokens,
}
