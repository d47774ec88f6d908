using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Selects tokens by index.</summary>
public static class Tokens
{
    /// <summary>Gathers whole tokens.</summary>
    /// <param name="tokens">[B, N, F], or [1, N, F] if all samples share the tokens.</param>
    /// <param name="indices">[B, V] int64.</param>
    /// <returns>[B, V, F].</returns>
    public static Tensor Gather(Tensor tokens, Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long picked, long count, long width) = (indices.shape[0], indices.shape[1], tokens.shape[1], tokens.shape[2]);
        // index_select copies whole rows; gather would look up every element.
        Tensor rows = tokens.shape[0] == batch && batch > 1
            ? indices + (arange(batch, ScalarType.Int64, indices.device) * count).unsqueeze(1)
            : indices;
        return tokens.reshape(-1, width).index_select(0, rows.reshape(-1)).reshape(batch, picked, width).MoveToOuterDisposeScope();
    }
}
