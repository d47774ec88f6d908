using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A plain or transposed 3D convolution that keeps or doubles the size. The wrapper gives its weights the names that MONAI uses (<c>conv</c>).</summary>
public sealed class UnetrConv : nn.Module<Tensor, Tensor>
{
    private readonly ConvLayer conv;

    /// <summary>Creates the layer.</summary>
    /// <param name="inChannels">Number of input channels.</param>
    /// <param name="outChannels">Number of output channels.</param>
    /// <param name="kernel">Edge of the kernel, odd; a transposed convolution has 2.</param>
    /// <param name="transposed">Whether the convolution is transposed and doubles the size.</param>
    /// <param name="bias">Whether the layer has a bias.</param>
    public UnetrConv(int inChannels, int outChannels, int kernel, bool transposed = false, bool bias = false) : base(nameof(UnetrConv))
    {
        conv = new ConvLayer(transposed ? ConvShape.Doubling(inChannels, outChannels, bias) : new ConvShape(inChannels, outChannels, kernel) { Bias = bias });
        RegisterComponents();
    }

    /// <summary>Creates the step to the next level: a transposed convolution that doubles the size, or a 1x1x1 convolution that keeps it.</summary>
    public static UnetrConv Up(int inChannels, int outChannels, bool doubles) =>
        doubles ? new UnetrConv(inChannels, outChannels, 2, transposed: true) : new UnetrConv(inChannels, outChannels, 1);

    /// <summary>Maps [B, C, X, Y, Z] to [B, C', X, Y, Z], or to [B, C', 2X, 2Y, 2Z] if transposed.</summary>
    public override Tensor forward(Tensor input) => conv.call(input);
}
