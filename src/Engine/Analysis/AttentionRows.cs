using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Attention of a block, computed from its queries and keys because the fused attention returns no weights.</summary>
public static class AttentionRows
{
    /// <summary>Computes the logarithms of the weights: log softmax(q k' / sqrt d).</summary>
    /// <param name="trace">Trace of a block.</param>
    /// <returns>[B, H, T, T]; rows are queries and columns are keys.</returns>
    public static Tensor LogWeights(BlockTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using DisposeScope scope = NewDisposeScope();
        double scale = 1 / Math.Sqrt(trace.Queries.shape[^1]);
        return nn.functional.log_softmax((trace.Queries * scale).matmul(trace.Keys.transpose(-2, -1)), -1).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the weights: softmax(q k' / sqrt d).</summary>
    /// <param name="trace">Trace of a block.</param>
    /// <returns>[B, H, T, T]; rows sum to 1.</returns>
    public static Tensor Weights(BlockTrace trace)
    {
        using DisposeScope scope = NewDisposeScope();
        return LogWeights(trace).exp_().MoveToOuterDisposeScope();
    }

    /// <summary>Rows of some patch queries over the patch keys. The class key is left out, and rows are not rescaled.</summary>
    /// <param name="trace">Trace of a block.</param>
    /// <param name="hasClassToken">Whether token 0 is a class token.</param>
    /// <param name="queries">Indices of patch tokens, in x-major order, without the class token.</param>
    /// <returns>[B, Q, H, N].</returns>
    public static Tensor Of(BlockTrace trace, bool hasClassToken, IReadOnlyList<long> queries)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using DisposeScope scope = NewDisposeScope();
        int first = hasClassToken ? 1 : 0;
        Tensor asked = trace.Queries.index_select(2, tensor(queries.Select(query => query + first).ToArray()).to(trace.Queries.device)); // [B, H, Q, d]
        Tensor rows = Weights(trace with { Queries = asked }); // [B, H, Q, T]
        return rows.narrow(3, first, rows.shape[3] - first).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
