using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A 3x3x3 convolution with bias, a norm and a leaky ReLU.</summary>
public sealed class UnetConvBlock : nn.Module<Tensor, Tensor>
{
    private readonly ConvLayer conv;
    private readonly nn.Module<Tensor, Tensor> norm;

    /// <summary>Creates the block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="options">Norm, activation and initial weights.</param>
    public UnetConvBlock(int inputs, int outputs, UnetOptions options) : base(nameof(UnetConvBlock))
    {
        conv = new ConvLayer(inputs, outputs, 3);
        if (options.KaimingInit) nn.init.normal_(conv.Weight, 0, Math.Sqrt(2.0 / (27.0 * inputs)));
        norm = options.Norm switch
        {
            UnetNorm.Batch => new BatchNormLayer(outputs, options.Slope),
            UnetNorm.BatchAlways => new BatchNormLayer(outputs, options.Slope, batchAlways: true),
            UnetNorm.Group => new GroupNormLayer(outputs, options.GroupSize, options.Slope),
            UnetNorm.Instance => new GroupNormLayer(outputs, 1, options.Slope),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Norm, null),
        };
        RegisterComponents();
    }

    /// <summary>Maps [B, C, X, Y, Z] to [B, C', X, Y, Z].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return norm.call(conv.call(input)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    public static LayerCounts Count(long voxels, int inputs, int outputs) => LayerCounts.Convolution(voxels, inputs, outputs, 3, bias: true) + LayerCounts.ChannelNorm(outputs);
}
