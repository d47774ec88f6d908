using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Doubles the size or keeps it, puts the skip beside it, and mixes both (MONAI 1.2 UnetrUpBlock with an upsample_kernel_size of 2 or 1).</summary>
public sealed class UnetrUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly UnetrConv transp_conv;
    private readonly UnetrResBlock conv_block;

    /// <summary>Creates the block; the skip has <paramref name="outChannels"/> channels.</summary>
    /// <param name="inChannels">Channels of what comes from below.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="options">Norm and residual of the block.</param>
    /// <param name="doubles">Whether the size is doubled.</param>
    public UnetrUpBlock(int inChannels, int outChannels, UnetrBlockOptions options, bool doubles = true) : base(nameof(UnetrUpBlock))
    {
        transp_conv = UnetrConv.Up(inChannels, outChannels, doubles);
        conv_block = new UnetrResBlock(2 * outChannels, outChannels, options);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] and the skip [B, C', 2X, 2Y, 2Z] to [B, C', 2X, 2Y, 2Z]; without doubling, all of one size.</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        return conv_block.call(cat([transp_conv.call(input), skip], 1)).MoveToOuterDisposeScope();
    }
}
