using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A step of HySparK's decoder. It doubles the size and halves the channels.</summary>
internal sealed class HySparkStep : nn.Module<Tensor, Tensor>
{
    private readonly ConvLayer up_sample;
    private readonly HySparkConvs block;

    public HySparkStep(int width) : base(nameof(HySparkStep))
    {
        up_sample = new ConvLayer(ConvShape.Doubling(width, width));
        block = new HySparkConvs(width, width / 2);
        RegisterComponents();
    }

    /// <summary>[B, W, X, Y, Z] to [B, W/2, 2X, 2Y, 2Z].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return block.call(up_sample.call(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the step.</summary>
    public static LayerCounts Count(int width, long voxels) => LayerCounts.Convolution(ConvShape.Doubling(width, width), voxels, 8 * voxels) + HySparkConvs.Count(8 * voxels, width, width / 2);
}
