using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Similarities of the tokens of one crop, prepared for the unbiased Hilbert-Schmidt independence criterion with linear kernels (Song et al. 2012).</summary>
public static class CentredGram
{
    /// <summary>Computes X X' without its diagonal and U-centred, so that the unbiased criterion of two sets is a dot product.</summary>
    /// <remarks>U-centring subtracts the means of rows and columns with divisor n - 2, as in Székely and Rizzo 2014 for distances. It removes the effect of a shift of all tokens.</remarks>
    /// <param name="tokens">[n, E], at least 4 of them.</param>
    /// <returns>[n * n], float64, divided by sqrt(n (n - 3)): the criterion of two sets is the dot product of their results.</returns>
    public static Tensor Of(Tensor tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        using DisposeScope scope = NewDisposeScope();
        long n = tokens.shape[0];
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 4, nameof(tokens));
        Tensor x = tokens.to(ScalarType.Float64);
        x -= x.mean([0], keepdim: true);
        Tensor gram = x.matmul(x.t());
        gram.diagonal().fill_(0);
        Tensor rows = gram.sum(1, keepdim: true) / (n - 2);
        gram = gram - rows - rows.t() + rows.sum() / (n - 1);
        gram.diagonal().fill_(0);
        return (gram / Math.Sqrt((double)n * (n - 3))).flatten().MoveToOuterDisposeScope();
    }
}
