using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Computes singular values of attention values V by the definitions of <see cref="RankDefinition"/>.</summary>
public static class ValueMatrix
{
    /// <summary>Computes singular values by a definition. The effective rank uses their shares of the sum.</summary>
    /// <param name="trace">Trace of a block.</param>
    /// <param name="hasClassToken">Whether token 0 is a class token.</param>
    /// <param name="definition">The definition of the matrix.</param>
    /// <returns>[B, min(N, E)], or [B, H, min(N, d)] by head, float64, largest first. Definitions that use squares return squares.</returns>
    public static Tensor SingularValues(BlockTrace trace, bool hasClassToken, RankDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using DisposeScope scope = NewDisposeScope();
        Tensor all = definition == RankDefinition.Attended ? AttentionRows.Weights(trace).matmul(trace.Values) : trace.Values; // [B, H, T, d]
        Tensor heads = hasClassToken && definition != RankDefinition.WithClassToken ? all.narrow(2, 1, all.shape[2] - 1) : all;
        if (definition == RankDefinition.PerHead) return Spectrum.SingularValues(heads).MoveToOuterDisposeScope();
        Tensor matrix = heads.transpose(1, 2).flatten(2).to(ScalarType.Float64); // [B, N, E]
        return (definition switch
        {
            RankDefinition.Centred => Spectrum.SingularValues(matrix - matrix.mean([1], keepdim: true)),
            RankDefinition.Squared => Spectrum.SingularValues(matrix).square(),
            RankDefinition.MatrixInformation => Spectrum.SingularValues(Unit(matrix - matrix.mean([1], keepdim: true))).square(),
            _ => Spectrum.SingularValues(matrix),
        }).MoveToOuterDisposeScope();
    }

    // A row of zeros stays a row of zeros.
    private static Tensor Unit(Tensor rows) => rows / rows.norm(-1, keepdim: true).clamp_min(1e-300);
}
