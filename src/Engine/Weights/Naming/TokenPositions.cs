using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Resizes tables of trained positions with other lengths, as UniMiSS' loader does: along the flattened tokens, not in space.</summary>
public static class TokenPositions
{
    /// <summary>Linear interpolation along the tokens, ends on ends.</summary>
    public static WeightFit Zoomed { get; } = new("positions interpolated along the tokens", Fits, (table, here) => Zoom(table, here[1]));

    /// <summary>The same conversion without the first row, which belongs to the class token.</summary>
    public static WeightFit WithoutClass { get; } = new(
        "positions without the class token's, interpolated along the tokens", Fits, (table, here) => Zoom(table.narrow(1, 1, table.shape[1] - 1), here[1]));

    /// <summary>Row i of n is the table at i (N - 1) / (n - 1).</summary>
    /// <param name="table">[1, N, C].</param>
    /// <param name="rows">n.</param>
    /// <returns>[1, n, C], in the current dispose scope.</returns>
    public static Tensor Zoom(Tensor table, long rows)
    {
        ArgumentNullException.ThrowIfNull(table);
        long old = table.shape[1];
        if (old == rows) return table.alias();
        using DisposeScope scope = NewDisposeScope();
        // Double precision keeps the fraction of a position among 27,648 rows exact.
        Tensor at = arange(rows, ScalarType.Float64) * (rows > 1 ? (old - 1.0) / (rows - 1.0) : 0);
        Tensor low = at.floor().clamp(0, Math.Max(0, old - 2)), part = (at - low).reshape(1, rows, 1);
        Tensor first = table.to(ScalarType.Float64).index_select(1, low.to(ScalarType.Int64)), second = table.to(ScalarType.Float64).index_select(1, (low + 1).clamp(0, old - 1).to(ScalarType.Int64));
        return (first + ((second - first) * part)).to(table.dtype).MoveToOuterDisposeScope();
    }

    private static bool Fits(IReadOnlyList<long> there, IReadOnlyList<long> here) => there.Count == 3 && here.Count == 3 && there[0] == 1 && here[0] == 1 && there[2] == here[2] && there[1] > 1;
}
