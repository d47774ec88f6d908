using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Random omissions while training; outside it, and at a rate of 0, the input itself.</summary>
public static class Drop
{
    /// <summary>Dropout: elements are zeroed with a probability, the others scaled up.</summary>
    public static Tensor Elements(Tensor input, double rate, bool training) => training && rate > 0 ? nn.functional.dropout(input, rate, training: true) : input;

    /// <summary>Stochastic depth (arXiv:1603.09382): whole samples of a residual branch are zeroed with a probability, the others scaled up.</summary>
    /// <param name="branch">[B, ...].</param>
    /// <param name="rate">Probability, 0 to below 1.</param>
    /// <param name="training">Whether the module trains.</param>
    public static Tensor Path(Tensor branch, double rate, bool training)
    {
        ArgumentNullException.ThrowIfNull(branch);
        if (!training || rate <= 0) return branch;
        using DisposeScope scope = NewDisposeScope();
        long[] each = [branch.shape[0], .. Enumerable.Repeat(1L, branch.shape.Length - 1)];
        Tensor kept = rand(each, dtype: branch.dtype, device: branch.device).ge(rate).to(branch.dtype);
        return (branch * (kept / (1 - rate))).MoveToOuterDisposeScope();
    }
}
