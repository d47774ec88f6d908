using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Instance norm with the steps that follow it in convolution blocks: adding a residual, then a leaky ReLU.</summary>
/// <remarks>Equal to <c>leaky_relu(instance_norm(x, weight, bias) + residual)</c> of the library, which runs on CUDA. On CPUs and in float32 it is one kernel over channels last.</remarks>
public static class InstanceNorm
{
    /// <summary>Epsilon, added to the variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Normalises each sample and channel over space.</summary>
    /// <param name="x">[B, C, X, Y, Z], float32 or float64.</param>
    /// <param name="residual">A tensor to add, with the same shape and any floating-point type; null for none.</param>
    /// <param name="slope">Slope of the activation after the sum, for negative values: 0 for a ReLU, 1 for no activation.</param>
    /// <param name="weight">[C], factors of the normalised values; null for 1.</param>
    /// <param name="bias">[C], added to it; given with <paramref name="weight"/>.</param>
    public static Tensor Apply(Tensor x, Tensor? residual = null, double slope = 1, Tensor? weight = null, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        using DisposeScope scope = NewDisposeScope();
        // Autocast may have produced a narrower type.
        if (residual is not null && residual.dtype != x.dtype) residual = residual.to(x.dtype);
        if (ChannelNormFunction.Serves(x))
            return ChannelNormFunction.Run(x, ChannelNormFunction.Statistics(x, overBatch: false, Epsilon), weight, bias, residual, slope, overBatch: false).MoveToOuterDisposeScope();
        Tensor y = nn.functional.instance_norm(x, weight: weight, bias: bias, eps: Epsilon);
        if (residual is not null) y += residual;
        return Activation.LeakyRelu(y, slope).MoveToOuterDisposeScope();
    }
}
