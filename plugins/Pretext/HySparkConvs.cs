using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Two convolutions of HySparK's decoder, each with batch norm and ReLU.</summary>
internal sealed class HySparkConvs : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> conv;

    public HySparkConvs(int inputs, int outputs) : base(nameof(HySparkConvs))
    {
        // The third module of the official code is the activation, which has no weights.
        conv = nn.ModuleList<nn.Module<Tensor, Tensor>>(new ConvLayer(inputs, outputs, 3), new BatchNormLayer(outputs, slope: 0), nn.Identity(), new ConvLayer(outputs, outputs, 3), new BatchNormLayer(outputs, slope: 0));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return conv[4].call(conv[3].call(conv[1].call(conv[0].call(input)))).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of both convolutions.</summary>
    public static LayerCounts Count(long voxels, int inputs, int outputs) =>
        LayerCounts.Convolution(voxels, inputs, outputs, 3, bias: true) + LayerCounts.Convolution(voxels, outputs, outputs, 3, bias: true) + LayerCounts.ChannelNorm(outputs) + LayerCounts.ChannelNorm(outputs);
}
