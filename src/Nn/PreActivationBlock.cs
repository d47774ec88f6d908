using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Twice batch norm, ReLU and a 3x3x3 convolution with bias, with a residual (He et al., arXiv:1603.05027).</summary>
public sealed class PreActivationBlock : nn.Module<Tensor, Tensor>
{
    private readonly BatchNormLayer norm1;
    private readonly ConvLayer conv1;
    private readonly BatchNormLayer norm2;
    private readonly ConvLayer conv2;
    private readonly double dropPath;

    /// <summary>Creates the block with PyTorch's initial weights.</summary>
    /// <param name="width">C.</param>
    /// <param name="dropPath">Probability that a sample skips the branch while training, 0 to below 1.</param>
    public PreActivationBlock(int width, double dropPath = 0) : base(nameof(PreActivationBlock))
    {
        this.dropPath = dropPath;
        norm1 = new BatchNormLayer(width, slope: 0);
        conv1 = new ConvLayer(width, width, 3);
        norm2 = new BatchNormLayer(width, slope: 0);
        conv2 = new ConvLayer(width, width, 3);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to the same shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = conv2.call(norm2.call(conv1.call(norm1.call(input))));
        return (input + Drop.Path(x, dropPath, training)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    public static LayerCounts Count(long voxels, int width)
    {
        LayerCounts half = LayerCounts.ChannelNorm(width) + LayerCounts.Convolution(voxels, width, width, 3, bias: true);
        return half + half;
    }
}
