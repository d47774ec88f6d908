using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Doubles the size, puts the skip beside it, and mixes both (MONAI 1.2 UnetrUpBlock).</summary>
public sealed class UnetrUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly UnetrConv transp_conv;
    private readonly UnetrResBlock conv_block;

    /// <summary>Creates the block; the skip has <paramref name="outChannels"/> channels.</summary>
    public UnetrUpBlock(int inChannels, int outChannels, UnetrBlockOptions options) : base(nameof(UnetrUpBlock))
    {
        transp_conv = new UnetrConv(inChannels, outChannels, 2, transposed: true);
        conv_block = new UnetrResBlock(2 * outChannels, outChannels, options);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] and the skip [B, C', 2X, 2Y, 2Z] to [B, C', 2X, 2Y, 2Z].</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        return conv_block.call(cat([transp_conv.call(input), skip], 1)).MoveToOuterDisposeScope();
    }
}
