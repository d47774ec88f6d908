using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Instance norm without weights, and what follows it in UNETR's blocks: a residual is added, then a leaky ReLU applied.</summary>
/// <remarks>Equal to <c>leaky_relu(instance_norm(x) + residual)</c> of the library, which is what runs on CUDA; on CPUs and in float32 it is one kernel over channels last.</remarks>
public static class InstanceNorm
{
    /// <summary>Added to the variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Normalises each sample and channel over space.</summary>
    /// <param name="x">[B, C, X, Y, Z], float32 or float64.</param>
    /// <param name="residual">Of the same shape, of any floating-point type; null for none.</param>
    /// <param name="slope">Of negative values after the sum; 1 for no activation.</param>
    public static Tensor Apply(Tensor x, Tensor? residual = null, double slope = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        // Narrower where autocast made it so.
        if (residual is not null && residual.dtype != x.dtype) residual = residual.to(x.dtype);
        if (x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32 && InstanceNormKernel.Serves(x.shape[1]) && x.numel() <= int.MaxValue / sizeof(float))
            return is_grad_enabled() ? InstanceNormFunction.apply([x, residual!, slope]) : InstanceNormFunction.Compute(x, residual, slope);
        using DisposeScope scope = NewDisposeScope();
        Tensor y = nn.functional.instance_norm(x, eps: Epsilon);
        if (residual is not null) y += residual;
        return (slope == 1 ? y : nn.functional.leaky_relu(y, slope)).MoveToOuterDisposeScope();
    }
}
