using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A 3D convolution, plain or transposed, that keeps or doubles the size, wrapped so that its weights are named as MONAI names them (<c>conv</c>).</summary>
public sealed class UnetrConv : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv;

    /// <summary>Creates the layer.</summary>
    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="kernel">Edge; odd, or 2 where <paramref name="transposed"/>.</param>
    /// <param name="transposed">Whether every edge is doubled.</param>
    /// <param name="bias">Whether it has a bias.</param>
    public UnetrConv(int inChannels, int outChannels, int kernel, bool transposed = false, bool bias = false) : base(nameof(UnetrConv))
    {
        conv = transposed
            ? nn.ConvTranspose3d(inChannels, outChannels, kernel, stride: 2, bias: bias)
            : nn.Conv3d(inChannels, outChannels, kernel, padding: kernel / 2, bias: bias);
        RegisterComponents();
    }

    /// <summary>The step to the next level: a transposed convolution that doubles the size, or a 1x1x1 convolution that keeps it.</summary>
    public static UnetrConv Up(int inChannels, int outChannels, bool doubles) =>
        doubles ? new UnetrConv(inChannels, outChannels, 2, transposed: true) : new UnetrConv(inChannels, outChannels, 1);

    /// <summary>[B, C, X, Y, Z] to [B, C', X, Y, Z], or to [B, C', 2X, 2Y, 2Z] where transposed.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return conv.call(ChannelsLast.ForConvolution(input)).MoveToOuterDisposeScope();
    }
}
