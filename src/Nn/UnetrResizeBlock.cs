using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A trilinear resize to the crop and a 3x3x3 convolution. It replaces the last transposed convolution if the edge of a patch is not a power of two.</summary>
/// <remarks>Source: FengheTan9/Hi-End-MAE, the UNETR for patches of 12 voxels.</remarks>
public sealed class UnetrResizeBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ConvLayer conv3d;
    private readonly UnetrResBlock conv_block;

    /// <summary>Creates the block. The skip connection has <paramref name="outChannels"/> channels.</summary>
    public UnetrResizeBlock(int inChannels, int outChannels, UnetrBlockOptions options) : base(nameof(UnetrResizeBlock))
    {
        conv3d = new ConvLayer(inChannels, outChannels, 3);
        conv_block = new UnetrResBlock(2 * outChannels, outChannels, options);
        RegisterComponents();
    }

    /// <summary>Maps [B, C, X, Y, Z] and the skip connection [B, C', X', Y', Z'] to [B, C', X', Y', Z'].</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor resized = nn.functional.interpolate(input, [skip.shape[2], skip.shape[3], skip.shape[4]], mode: InterpolationMode.Trilinear, align_corners: false);
        return conv_block.call(cat([conv3d.call(resized), skip], 1)).MoveToOuterDisposeScope();
    }
}
