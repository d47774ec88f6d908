using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The autograd node of convolutions that <see cref="DirectConvKernel"/> computes. Volumes are [B, C, X, Y, Z] with channels last in memory.</summary>
internal sealed unsafe class DirectConvFunction : autograd.SingleTensorFunction<DirectConvFunction>
{
    private const string BiasKey = "bias", InputKey = "input", WeightKey = "weight";

    public override string Name => nameof(DirectConvFunction);

    /// <summary>Whether the kernel supports a convolution and the gradients that it needs.</summary>
    /// <param name="x">[B, C, X, Y, Z].</param>
    /// <param name="weight">[C', C, k, k, k].</param>
    public static bool Serves(Tensor x, Tensor weight)
    {
        if (x.device_type != DeviceType.CPU || x.dtype != ScalarType.Float32 || weight.dtype != ScalarType.Float32 || x.dim() != 5) return false;
        if (Math.Max(x.numel(), x.numel() / x.shape[1] * weight.shape[0]) > int.MaxValue / sizeof(float)) return false;
        DirectConvShape shape = Shape(x, weight);
        return DirectConvKernel.Serves(shape) && (!x.requires_grad || !is_grad_enabled() || DirectConvKernel.Serves(shape.Reversed));
    }

    /// <summary>Computes the convolution, with an autograd node if gradients are enabled.</summary>
    public static Tensor Run(Tensor x, Tensor weight, Tensor? bias) => is_grad_enabled() ? apply([x, weight, bias!]) : Compute(x, weight, bias);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var x, var weight, var bias) = ((Tensor)vars[0], (Tensor)vars[1], vars[2] as Tensor);
        ctx.save_data(InputKey, x.requires_grad);
        ctx.save_data(WeightKey, weight.requires_grad);
        ctx.save_data(BiasKey, bias is { requires_grad: true });
        ctx.save_for_backward([x, weight]);
        return Compute(x, weight, bias);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor x, Tensor weight) = (saved[0], saved[1]);
        Tensor gradient = ChannelsLast.Rows(grad_output);
        Tensor? ofInput = (bool)ctx.get_data(InputKey) ? OfInput(gradient, weight) : null;
        Tensor? ofWeight = (bool)ctx.get_data(WeightKey) ? OfWeight(x, gradient, weight) : null;
        Tensor? ofBias = (bool)ctx.get_data(BiasKey) ? gradient.sum([0, 1, 2, 3]) : null;
        return [ofInput?.MoveToOuterDisposeScope()!, ofWeight?.MoveToOuterDisposeScope()!, ofBias?.MoveToOuterDisposeScope()!];
    }

    private static Tensor Compute(Tensor x, Tensor weight, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        DirectConvShape shape = Shape(x, weight);
        Tensor packed = weight.reshape(shape.Outputs / shape.Block, shape.Block, shape.Inputs, shape.Edge, shape.Edge, shape.Edge).permute(0, 3, 4, 5, 2, 1).contiguous();
        return Convolve(ChannelsLast.Rows(x), packed, bias?.contiguous(), shape).MoveToOuterDisposeScope();
    }

    // The gradient of the input is a convolution of the output's gradient with the weights in reverse order.
    private static Tensor OfInput(Tensor gradient, Tensor weight)
    {
        DirectConvShape shape = ShapeOfRows(gradient, weight).Reversed;
        Tensor packed = weight.flip(2, 3, 4).reshape(shape.Inputs, shape.Outputs / shape.Block, shape.Block, shape.Edge, shape.Edge, shape.Edge).permute(1, 3, 4, 5, 0, 2).contiguous();
        return Convolve(gradient, packed, null, shape);
    }

    private static Tensor OfWeight(Tensor x, Tensor gradient, Tensor weight)
    {
        DirectConvShape shape = Shape(x, weight);
        int threads = Threads(shape);
        Tensor rows = ChannelsLast.Rows(x), scratch = zeros(threads * PaddedPlanes.Size(shape));
        Tensor sums = zeros(new long[] { threads, shape.Outputs / shape.Block, shape.Edge, shape.Edge, shape.Edge, shape.Inputs, shape.Block });
        DirectConvGradientKernel.Run(Floats(rows), Floats(gradient), shape, Floats(sums), Floats(scratch), threads);
        Tensor all = threads == 1 ? sums[0] : sums.sum([0]);
        return all.permute(0, 5, 4, 1, 2, 3).reshape(shape.Outputs, shape.Inputs, shape.Edge, shape.Edge, shape.Edge).contiguous();
    }

    private static Tensor Convolve(Tensor rows, Tensor packed, Tensor? bias, DirectConvShape shape)
    {
        int threads = Threads(shape);
        Tensor output = empty(new long[] { shape.Samples, shape.X, shape.Y, shape.Z, shape.Outputs }), scratch = zeros(threads * PaddedPlanes.Size(shape));
        DirectConvKernel.Forward(Floats(rows), Floats(packed), bias is null ? null : Floats(bias), shape, Floats(output), Floats(scratch), threads);
        return ChannelsLast.Volumes(output);
    }

    private static int Threads(DirectConvShape shape) => Math.Min(get_num_threads(), shape.Planes);

    private static DirectConvShape Shape(Tensor x, Tensor weight)
    {
        long[] sizes = x.shape;
        return new DirectConvShape((int)sizes[0], (int)sizes[2], (int)sizes[3], (int)sizes[4], (int)sizes[1], (int)weight.shape[0], (int)weight.shape[2]);
    }

    private static DirectConvShape ShapeOfRows(Tensor gradient, Tensor weight)
    {
        long[] sizes = gradient.shape;
        return new DirectConvShape((int)sizes[0], (int)sizes[1], (int)sizes[2], (int)sizes[3], (int)weight.shape[1], (int)weight.shape[0], (int)weight.shape[2]);
    }

    // The address of a contiguous tensor's first element. The tensor lives until the end of the caller's dispose scope.
    private static float* Floats(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
