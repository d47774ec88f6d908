using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A step of SparK's decoder. It doubles the size and halves the channels.</summary>
/// <remarks>Source: keyu-tian/SparK, pretrain/decoder.py, UNetBlock.</remarks>
internal sealed class SparkStep : nn.Module<Tensor, Tensor>
{
    private const int Largest = 6;
    private readonly ConvLayer up_sample;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> conv;

    public SparkStep(int width) : base(nameof(SparkStep))
    {
        up_sample = new ConvLayer(Up(width));
        // The third module of the official code is the activation, which has no weights.
        conv = nn.ModuleList<nn.Module<Tensor, Tensor>>(new ConvLayer(width, width, 3, bias: false), new BatchNormLayer(width), nn.Identity(), new ConvLayer(width, width / 2, 3, bias: false), new BatchNormLayer(width / 2));
        RegisterComponents();
    }

    /// <summary>[B, W, X, Y, Z] to [B, W/2, 2X, 2Y, 2Z].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = conv[1].call(conv[0].call(up_sample.call(input))).clamp(0, Largest);
        return conv[4].call(conv[3].call(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the step.</summary>
    /// <param name="width">W.</param>
    /// <param name="voxels">Voxels of the input.</param>
    public static LayerCounts Count(int width, long voxels) =>
        LayerCounts.Convolution(Up(width), voxels, 8 * voxels) + LayerCounts.Convolution(8 * voxels, width, width, 3, bias: false) + LayerCounts.ChannelNorm(width)
        + LayerCounts.Convolution(8 * voxels, width, width / 2, 3, bias: false) + LayerCounts.ChannelNorm(width / 2);

    private static ConvShape Up(int width) => new(width, width, 4) { Stride = 2, Padding = 1, Transposed = true };
}
