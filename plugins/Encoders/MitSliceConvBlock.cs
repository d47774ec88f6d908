using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>A 2D convolution of stride 2 without bias, an instance norm with weights, and a leaky ReLU of slope 0.01 (UniMiSS).</summary>
internal sealed class MitSliceConvBlock : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.01;
    private readonly Conv2d conv;
    private readonly GroupNormLayer norm;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Edge of the kernel, odd.</param>
    public MitSliceConvBlock(int inputs, int outputs, int kernel) : base(nameof(MitSliceConvBlock))
    {
        conv = Initialised(nn.Conv2d(inputs, outputs, kernel, stride: 2, padding: kernel / 2, bias: false), outputs, kernel);
        norm = new GroupNormLayer(outputs, slope: Slope);
        RegisterComponents();
    }

    /// <summary>Sets weights that are normal with deviation sqrt(2 / (outputs times kernel)), and returns the layer.</summary>
    public static Conv2d Initialised(Conv2d layer, int outputs, int kernel)
    {
        nn.init.normal_(layer.weight!, 0, Math.Sqrt(2.0 / (outputs * kernel * kernel)));
        return layer;
    }

    /// <summary>[S, C, Y, Z] to [S, C', Y/2, Z/2].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return norm.call(conv.call(input).unsqueeze(2)).squeeze(2).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations for slices with an even number of voxels along each axis.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Edge of the kernel.</param>
    /// <param name="pixels">Pixels that come out.</param>
    public static LayerCounts Count(int inputs, int outputs, int kernel, long pixels) => new LayerCounts
    {
        Parameters = (long)inputs * outputs * kernel * kernel,
        Activations = pixels * outputs,
        Convolutions = pixels * inputs * outputs * kernel * kernel,
    } + LayerCounts.ChannelNorm(outputs);
}
