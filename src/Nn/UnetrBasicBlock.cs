using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A residual block under the name <c>layer</c> (MONAI 1.2 UnetrBasicBlock).</summary>
public sealed class UnetrBasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly UnetrResBlock layer;

    /// <summary>Creates the block.</summary>
    /// <param name="inChannels">Number of input channels.</param>
    /// <param name="outChannels">Number of output channels.</param>
    /// <param name="options">Norm, residual and biases.</param>
    public UnetrBasicBlock(int inChannels, int outChannels, UnetrBlockOptions options) : base(nameof(UnetrBasicBlock))
    {
        layer = new UnetrResBlock(inChannels, outChannels, options);
        RegisterComponents();
    }

    /// <summary>Maps [B, C, X, Y, Z] to [B, C', X, Y, Z].</summary>
    public override Tensor forward(Tensor input) => layer.call(input);
}
