using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Picking tokens by index.</summary>
public static class Tokens
{
    /// <summary>Gathers whole tokens.</summary>
    /// <param name="tokens">[B, N, F], or [1, N, F] to be gathered from for every sample.</param>
    /// <param name="indices">[B, V] int64.</param>
    /// <returns>[B, V, F].</returns>
    public static Tensor Gather(Tensor tokens, Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = tokens.shape[0] == indices.shape[0] ? tokens : tokens.expand(indices.shape[0], -1, -1);
        return source
            .gather(1, indices.unsqueeze(-1).expand(-1, -1, tokens.shape[2]))
            .MoveToOuterDisposeScope();
    }
}
