using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>One step of a U-Net's way up: double the size, join the skip, two convolutions.</summary>
public sealed class UnetUpStep : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ConvLayer? up_conv;
    private readonly UnetBlock block;
    private readonly UnetPathOptions options;

    /// <summary>Creates the step.</summary>
    /// <param name="inputs">Channels of the coarser level.</param>
    /// <param name="skip">Channels of the skip.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="options">Upsampling, skips, norm and activation.</param>
    public UnetUpStep(int inputs, int skip, int outputs, UnetPathOptions options) : base(nameof(UnetUpStep))
    {
        this.options = options;
        if (options.Upsampling == UnetUpsampling.Transposed) up_conv = new ConvLayer(ConvShape.Doubling(inputs, inputs));
        block = new UnetBlock(options.HasSkips ? inputs + skip : inputs, outputs, outputs, options.Blocks);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] and the skip [B, C', 2X, 2Y, 2Z] to [B, C'', 2X, 2Y, 2Z].</summary>
    public override Tensor forward(Tensor input, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor up = up_conv is not null
            ? up_conv.call(input)
            : nn.functional.interpolate(ChannelsLast.ForConvolution(input), scale_factor: [2, 2, 2], mode: InterpolationMode.Trilinear, align_corners: true);
        if (options.HasSkips) up = options.SkipFirst ? cat([skip.to(up.dtype), up], 1) : cat([up, skip.to(up.dtype)], 1);
        return block.call(up).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the step.</summary>
    /// <param name="voxels">Voxels of the finer level.</param>
    /// <param name="inputs">Channels of the coarser level.</param>
    /// <param name="skip">Channels of the skip.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="options">Upsampling, skips, norm and activation.</param>
    public static LayerCounts Count(long voxels, int inputs, int skip, int outputs, UnetPathOptions options)
    {
        LayerCounts block = UnetBlock.Count(voxels, options.HasSkips ? inputs + skip : inputs, outputs, outputs);
        return options.Upsampling == UnetUpsampling.Transposed ? LayerCounts.Doubling(voxels, inputs, inputs, bias: true) + block : block;
    }
}
