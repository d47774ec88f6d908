using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A MedNeXt block: depthwise convolution, norm, and two pointwise convolutions with GELU between them, with a residual (Roy et al., arXiv:2303.09975).</summary>
/// <remarks>
/// If sizes double, the transposed convolutions give 2 n - 1 voxels along an axis, and a plane of zeros comes before them, as in the official code. Names of weights are the official ones.
/// Source: MIC-DKFZ/MedNeXt <c>blocks.py</c>.
/// </remarks>
public sealed class MedNextBlock : nn.Module<Tensor, Tensor>
{
    private readonly ConvLayer conv1;
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly ConvLayer conv2;
    private readonly ConvLayer conv3;
    private readonly ConvLayer? res_conv;
    private readonly MedNextStep step;
    private readonly double dropPath;

    /// <summary>Creates the block.</summary>
    /// <param name="shape">Widths, kernel, norm and step; a block that keeps sizes keeps its width too.</param>
    /// <param name="dropPath">Probability that a sample skips the branch in training, if sizes are kept.</param>
    public MedNextBlock(MedNextShape shape, double dropPath = 0) : base(nameof(MedNextBlock))
    {
        (step, this.dropPath) = (shape.Step, dropPath);
        conv1 = new ConvLayer(shape.Depthwise);
        norm = shape.Norm == MedNextNorm.Layer ? new ChannelLayerNorm(shape.Inputs, Initialise.NormEps) : new GroupNormLayer(shape.Inputs);
        conv2 = new ConvLayer(shape.Expand);
        conv3 = new ConvLayer(shape.Compress);
        if (step != MedNextStep.Keep) res_conv = new ConvLayer(shape.Beside);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to the same shape, or to [B, C', X/2, ...] or [B, C', 2X, ...].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = conv3.call(nn.functional.gelu(conv2.call(norm.call(conv1.call(input)))));
        if (res_conv is null) return (input + Drop.Path(x, dropPath, training)).MoveToOuterDisposeScope();
        x += res_conv.call(input);
        return (step == MedNextStep.Up ? nn.functional.pad(x, [1, 0, 1, 0, 1, 0]) : x).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the block on the visible cells of a map whose hidden cells are 0. A block that doubles sizes cannot do this.</summary>
    /// <param name="input">[B, C, X, Y, Z].</param>
    /// <param name="mask">The visible cells.</param>
    public Tensor Visible(Tensor input, CellMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using DisposeScope scope = NewDisposeScope();
        // Only the depthwise convolution and an instance norm mix voxels; the results of the other layers for hidden voxels are dropped at the end.
        if (norm is not GroupNormLayer instance) return mask.Apply(forward(input)).MoveToOuterDisposeScope();
        Tensor x = conv3.call(nn.functional.gelu(conv2.call(instance.Visible(conv1.call(input), mask))));
        return mask.Apply(res_conv is null ? input + Drop.Path(x, dropPath, training) : x + res_conv.call(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="grid">Voxels of the input along x, y, z.</param>
    public static LayerCounts Count(MedNextShape shape, (long X, long Y, long Z) grid)
    {
        (long X, long Y, long Z) result = shape.Depthwise.OutputOf(grid);
        long inputs = grid.X * grid.Y * grid.Z, outputs = result.X * result.Y * result.Z;
        LayerCounts norm = shape.Norm == MedNextNorm.Layer ? LayerCounts.Norm(outputs, shape.Inputs) : LayerCounts.ChannelNorm(shape.Inputs);
        LayerCounts block = LayerCounts.Convolution(shape.Depthwise, inputs, outputs) + norm + LayerCounts.Convolution(shape.Expand, outputs, outputs) + LayerCounts.Convolution(shape.Compress, outputs, outputs);
        return shape.Step == MedNextStep.Keep ? block : block + LayerCounts.Convolution(shape.Beside, inputs, outputs);
    }
}
