using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Two 3x3x3 convolutions with instance norm and leaky ReLU, and a residual; a 1x1x1 convolution where the width changes.</summary>
/// <remarks>MONAI 1.2 UnetResBlock: norms without affine (eps 1e-5), slope 0.01, no biases.</remarks>
public sealed class UnetrResBlock : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.01;
    private readonly UnetrConv conv1;
    private readonly UnetrConv conv2;
    private readonly UnetrConv? conv3;

    /// <summary>Creates the block.</summary>
    public UnetrResBlock(int inChannels, int outChannels) : base(nameof(UnetrResBlock))
    {
        conv1 = new UnetrConv(inChannels, outChannels, 3);
        conv2 = new UnetrConv(outChannels, outChannels, 3);
        if (inChannels != outChannels) conv3 = new UnetrConv(inChannels, outChannels, 1);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to [B, C', X, Y, Z].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = nn.functional.leaky_relu(Norm(conv1.forward(input)), Slope);
        Tensor residual = conv3 is null ? input : Norm(conv3.forward(input));
        return nn.functional.leaky_relu(Norm(conv2.forward(x)) + residual, Slope).MoveToOuterDisposeScope();
    }

    // In float32, whatever the convolution computed in.
    private static Tensor Norm(Tensor x) => nn.functional.instance_norm(x.to(ScalarType.Float32));
}
