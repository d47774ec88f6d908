using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A convolution without bias, an instance norm with weights, and a leaky ReLU of slope 0.01 (UniMiSS).</summary>
public sealed class MitConvBlock : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.01;
    private readonly ConvLayer conv;
    private readonly GroupNormLayer norm;

    /// <summary>Creates the block; the convolution is normal with deviation sqrt(2 / outputs).</summary>
    /// <param name="shape">Widths, kernel and stride; the bias is left out.</param>
    public MitConvBlock(ConvShape shape) : base(nameof(MitConvBlock))
    {
        conv = Initialise.KaimingByOutputs(new ConvLayer(shape with { Bias = false }));
        norm = new GroupNormLayer(shape.Outputs, slope: Slope);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to [B, C', ...].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return norm.call(conv.call(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    public static LayerCounts Count(ConvShape shape, (long X, long Y, long Z) grid)
    {
        (long x, long y, long z) = shape.OutputOf(grid);
        return LayerCounts.Convolution(shape with { Bias = false }, grid.X * grid.Y * grid.Z, x * y * z) + LayerCounts.ChannelNorm(shape.Outputs);
    }
}
