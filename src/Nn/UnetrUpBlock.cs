using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Doubles or keeps the size, concatenates the skip connection, and mixes both (UnetrUpBlock of MONAI 1.2 with an upsample_kernel_size of 2 or 1).</summary>
public sealed class UnetrUpBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly UnetrConv transp_conv;
    private readonly UnetrResBlock conv_block;

    /// <summary>Creates the block. The skip connection has <paramref name="outChannels"/> channels.</summary>
    /// <param name="inChannels">Number of channels of the coarser level.</param>
    /// <param name="outChannels">Number of output channels.</param>
    /// <param name="options">Norm and residual of the block.</param>
    /// <param name="doubles">Whether the size is doubled.</param>
    public UnetrUpBlock(int inChannels, int outChannels, UnetrBlockOptions options, bool doubles = true) : base(nameof(UnetrUpBlock))
    {
        transp_conv = UnetrConv.Up(inChannels, outChannels, doubles);
        conv_block = new UnetrResBlock(2 * outChannels, outChannels, options);
        RegisterComponents();
    }

    /// <summary>Maps [B, C, X, Y, Z] and the skip connection [B, C', 2X, 2Y, 2Z] to [B, C', 2X, 2Y, 2Z]. Without doubling all sizes are equal.</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor enlarged = transp_conv.call(input), both = cat([enlarged, skip], 1);
        // The concatenation is a copy, so this tensor is not needed any more.
        enlarged.Dispose();
        return conv_block.call(both).MoveToOuterDisposeScope();
    }
}
