using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The autograd node of <see cref="InstanceNorm"/>. Tensors are [B, C, X, Y, Z] with channels last in memory.</summary>
internal sealed class InstanceNormFunction : autograd.SingleTensorFunction<InstanceNormFunction>
{
    private const string SlopeKey = "slope", ResidualKey = "residual";

    public override string Name => nameof(InstanceNormFunction);

    /// <summary>Without a gradient to follow.</summary>
    public static Tensor Compute(Tensor x, Tensor? residual, double slope)
    {
        Tensor output = Compute(x, residual, slope, out Tensor statistics);
        statistics.Dispose();
        return output;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var x, double slope) = ((Tensor)vars[0], (double)vars[2]);
        var residual = vars[1] as Tensor;
        Tensor output = Compute(x, residual, slope, out Tensor statistics);
        ctx.save_data(SlopeKey, slope);
        ctx.save_data(ResidualKey, residual is { requires_grad: true });
        // The alias has no history: the output itself would keep this node alive, and this node the output.
        ctx.save_for_backward([x, output.detach(), statistics]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor x, Tensor output, Tensor statistics) = (ChannelsLast.Rows(saved[0]), ChannelsLast.Rows(saved[1]), saved[2]);
        Tensor gradient = ChannelsLast.Rows(grad_output), ofX = empty_like(x);
        Tensor? ofResidual = (bool)ctx.get_data(ResidualKey) ? empty_like(x) : null;
        InstanceNormKernel.Backward(
            Floats(gradient), Floats(x), Floats(output), Shape(x), Floats(statistics), (float)(double)ctx.get_data(SlopeKey), Floats(ofX), ofResidual is null ? [] : Floats(ofResidual), get_num_threads());
        return [ChannelsLast.Volumes(ofX).MoveToOuterDisposeScope(), ofResidual is null ? null! : ChannelsLast.Volumes(ofResidual).MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Compute(Tensor x, Tensor? residual, double slope, out Tensor statistics)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ChannelsLast.Rows(x), output = empty_like(rows);
        Tensor? added = residual is null ? null : ChannelsLast.Rows(residual);
        (int Samples, int Voxels, int Channels) shape = Shape(rows);
        statistics = empty(shape.Samples, 2, shape.Channels);
        int threads = get_num_threads();
        InstanceNormKernel.Statistics(Floats(rows), shape, InstanceNorm.Epsilon, Floats(statistics), threads);
        InstanceNormKernel.Forward(Floats(rows), added is null ? [] : Floats(added), shape, Floats(statistics), (float)slope, Floats(output), threads);
        statistics.MoveToOuterDisposeScope();
        return ChannelsLast.Volumes(output).MoveToOuterDisposeScope();
    }

    private static (int Samples, int Voxels, int Channels) Shape(Tensor rows) => ((int)rows.shape[0], (int)(rows.shape[1] * rows.shape[2] * rows.shape[3]), (int)rows.shape[4]);

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
