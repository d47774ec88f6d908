namespace HiEndMae.Engine.Optimisation;

/// <summary>Constants of AdamW.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Eps">Added to the root of the second moment.</param>
public sealed record AdamWOptions(double Beta1, double Beta2, double Eps)
{
    /// <summary>Whether the largest second moment so far takes the place of the second moment (Reddi et al., ICLR 2018).</summary>
    public bool AmsGrad { get; init; }
}
