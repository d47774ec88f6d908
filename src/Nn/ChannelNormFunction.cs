using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The autograd node of <see cref="InstanceNorm"/> and <see cref="BatchNormLayer"/>. Volumes are [B, C, X, Y, Z] with channels last in memory.</summary>
internal sealed class ChannelNormFunction : autograd.SingleTensorFunction<ChannelNormFunction>
{
    private const string SlopeKey = "slope", ResidualKey = "residual", WeightKey = "weight", OverBatchKey = "over-batch";

    public override string Name => nameof(ChannelNormFunction);

    /// <summary>Whether the kernel supports the volumes; otherwise the library computes the norm.</summary>
    public static bool Serves(Tensor x) =>
        x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32 && x.dim() == 5 && ChannelNormKernel.Serves(x.shape[1]) && x.numel() <= int.MaxValue / sizeof(float);

    /// <summary>Means and 1 / deviations.</summary>
    /// <param name="x">Volumes that the kernel supports.</param>
    /// <param name="overBatch">Whether mean and variance are taken over the whole batch (batch norm) and not over each sample (instance norm).</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>[B or 1, 2, C].</returns>
    public static Tensor Statistics(Tensor x, bool overBatch, double eps)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor rows = ChannelsLast.Rows(x);
        (int Samples, int Voxels, int Channels) shape = Shape(rows, overBatch);
        Tensor statistics = empty(shape.Samples, 2, shape.Channels);
        ChannelNormKernel.Statistics(Floats(rows), shape, eps, Floats(statistics), get_num_threads());
        return statistics.MoveToOuterDisposeScope();
    }

    /// <summary>Computes the norm, with an autograd node if gradients are enabled.</summary>
    public static Tensor Run(Tensor x, Tensor statistics, Tensor? weight, Tensor? bias, Tensor? residual, double slope, bool overBatch) => is_grad_enabled()
        ? apply([x, statistics, weight!, bias!, residual!, slope, overBatch])
        : Compute(x, statistics, weight, bias, residual, slope, overBatch);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var x, var statistics, var weight, var residual, double slope, bool overBatch) =
            ((Tensor)vars[0], (Tensor)vars[1], vars[2] as Tensor, vars[4] as Tensor, (double)vars[5], (bool)vars[6]);
        Tensor output = Compute(x, statistics, weight, vars[3] as Tensor, residual, slope, overBatch);
        ctx.save_data(SlopeKey, slope);
        ctx.save_data(OverBatchKey, overBatch);
        ctx.save_data(ResidualKey, residual is { requires_grad: true });
        ctx.save_data(WeightKey, weight is not null);
        // Saves an alias without history. If the output itself were saved, it and this node would keep each other alive.
        ctx.save_for_backward(weight is null ? [x, output.detach(), statistics] : [x, output.detach(), statistics, weight]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor x, Tensor output, Tensor statistics) = (ChannelsLast.Rows(saved[0]), ChannelsLast.Rows(saved[1]), saved[2]);
        (int Samples, int Voxels, int Channels) shape = Shape(x, (bool)ctx.get_data(OverBatchKey));
        Tensor? weight = (bool)ctx.get_data(WeightKey) ? saved[3].contiguous() : null;
        Tensor gradient = ChannelsLast.Rows(grad_output), ofX = empty_like(x);
        Tensor? ofResidual = (bool)ctx.get_data(ResidualKey) ? empty_like(x) : null, ofWeights = weight is null ? null : empty(2, shape.Channels);
        ChannelNormKernel.Backward(
            Floats(gradient), Floats(x), Floats(output), shape, Floats(statistics), Floats(weight), (float)(double)ctx.get_data(SlopeKey), Floats(ofX), Floats(ofResidual), Floats(ofWeights), get_num_threads());
        return
        [
            ChannelsLast.Volumes(ofX).MoveToOuterDisposeScope(), null!, ofWeights?[0].MoveToOuterDisposeScope()!, ofWeights?[1].MoveToOuterDisposeScope()!,
            ofResidual is null ? null! : ChannelsLast.Volumes(ofResidual).MoveToOuterDisposeScope(), null!, null!,
        ];
    }

    private static Tensor Compute(Tensor x, Tensor statistics, Tensor? weight, Tensor? bias, Tensor? residual, double slope, bool overBatch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ChannelsLast.Rows(x), output = empty_like(rows);
        Tensor? added = residual is null ? null : ChannelsLast.Rows(residual);
        ChannelNormKernel.Forward(
            Floats(rows), Floats(added), Shape(rows, overBatch), Floats(statistics), Floats(weight?.contiguous()), Floats(bias?.contiguous()), (float)slope, Floats(output), get_num_threads());
        return ChannelsLast.Volumes(output).MoveToOuterDisposeScope();
    }

    private static (int Samples, int Voxels, int Channels) Shape(Tensor rows, bool overBatch)
    {
        (int samples, int voxels, int channels) = ((int)rows.shape[0], (int)(rows.shape[1] * rows.shape[2] * rows.shape[3]), (int)rows.shape[4]);
        return overBatch ? (1, samples * voxels, channels) : (samples, voxels, channels);
    }

    private static Span<float> Floats(Tensor? tensor) => tensor is null ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
