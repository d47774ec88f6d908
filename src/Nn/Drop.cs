using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Dropout and stochastic depth. Outside of training, and at a rate of 0, both return their input.</summary>
public static class Drop
{
    /// <summary>Dropout: sets elements to zero with a probability and scales up the others.</summary>
    public static Tensor Elements(Tensor input, double rate, bool training) => training && rate > 0 ? nn.functional.dropout(input, rate, training: true) : input;

    /// <summary>Stochastic depth (arXiv:1603.09382): sets whole samples of a residual branch to zero with a probability and scales up the others.</summary>
    /// <param name="branch">[B, ...].</param>
    /// <param name="rate">Probability, at least 0 and below 1.</param>
    /// <param name="training">Whether the module is in training mode.</param>
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
