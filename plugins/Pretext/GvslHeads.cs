using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>GVSL's heads: an affine map from the bottom of the U-Net, a flow and a restored crop from its finest level.</summary>
/// <remarks>Source: YutingHe-list/GVSL, PyTorch/models/gvsl.py.</remarks>
internal sealed class GvslHeads : nn.Module
{
    private const double Slope = 0.2, MostScaling = 0.25, MostRotation = Math.PI / 9, MostShear = Math.PI / 18;
    private readonly UnetBlock f_conv;
    private readonly UnetBlock sp_conv;
    private readonly ConvLayer out_flow;
    private readonly Linear fc_rot;
    private readonly Linear fc_scl;
    private readonly Linear fc_trans;
    private readonly Linear fc_shear;
    private readonly ConvLayer res_conv;
    private readonly GroupNormLayer res_norm;
    private readonly ConvLayer res_out;
    private readonly bool trainsAffine;

    /// <param name="config">Widths of the heads.</param>
    /// <param name="bottom">Channels of the bottom.</param>
    /// <param name="finest">Channels of the finest level.</param>
    /// <param name="channels">Image channels.</param>
    public GvslHeads(GvslConfig config, int bottom, int finest, int channels) : base(nameof(GvslHeads))
    {
        trainsAffine = config.TrainAffine;
        UnetOptions options = Options;
        f_conv = new UnetBlock(2 * bottom, config.AffineWidth, config.AffineWidth, options);
        sp_conv = new UnetBlock(2 * finest, config.FlowWidth, config.FlowWidth, options);
        out_flow = new ConvLayer(config.FlowWidth, 3, 3);
        (fc_rot, fc_scl, fc_trans, fc_shear) = (nn.Linear(config.AffineWidth, 3), nn.Linear(config.AffineWidth, 3), nn.Linear(config.AffineWidth, 3), nn.Linear(config.AffineWidth, 6));
        (res_conv, res_norm, res_out) = (new ConvLayer(finest, config.RestoreWidth, 3), new GroupNormLayer(config.RestoreWidth, GvslConfig.RestoreGroupSize, Slope), new ConvLayer(config.RestoreWidth, channels, 1));
        RegisterComponents();
        if (trainsAffine) return;
        foreach (nn.Module module in (nn.Module[])[f_conv, fc_rot, fc_scl, fc_trans, fc_shear])
        {
            foreach (Parameter parameter in module.parameters()) parameter.requires_grad = false;
        }
    }

    private static UnetOptions Options => new(UnetNorm.Group, GvslConfig.GroupSize, Slope);

    /// <summary>Registers the second crops with the first, and restores the first.</summary>
    /// <param name="oneBottom">[B, W, x, y, z], features of the first crops.</param>
    /// <param name="oneFinest">[B, w, X, Y, Z].</param>
    /// <param name="otherBottom">[B, W, x, y, z], features of the second crops.</param>
    /// <param name="otherFinest">[B, w, X, Y, Z].</param>
    /// <param name="other">[B, C, X, Y, Z], the second crops.</param>
    public GvslOutputs Run(Tensor oneBottom, Tensor oneFinest, Tensor otherBottom, Tensor otherFinest, Tensor other)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix;
        if (trainsAffine) matrix = Affine(otherBottom, oneBottom);
        else using (no_grad()) matrix = Affine(otherBottom, oneBottom);
        Tensor flow = out_flow.call(sp_conv.call(cat([GvslAffine.Apply(otherFinest, matrix), oneFinest], 1)));
        Tensor warped = GvslAffine.Warp(GvslAffine.Apply(other, matrix), flow);
        return new GvslOutputs(matrix.MoveToOuterDisposeScope(), flow.MoveToOuterDisposeScope(), warped.MoveToOuterDisposeScope(), Restore(oneFinest).MoveToOuterDisposeScope());
    }

    /// <summary>Restores crops from their finest features: [B, w, X, Y, Z] to [B, C, X, Y, Z].</summary>
    public Tensor Restore(Tensor finest)
    {
        using DisposeScope scope = NewDisposeScope();
        return res_out.call(res_norm.call(res_conv.call(finest))).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the heads of a pair.</summary>
    /// <param name="config">Widths of the heads.</param>
    /// <param name="bottom">The bottom.</param>
    /// <param name="finest">The finest level.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="voxels">Voxels of a crop.</param>
    public static IEnumerable<(string Name, LayerCounts Counts)> Count(GvslConfig config, PyramidLevel bottom, PyramidLevel finest, int channels, long voxels)
    {
        yield return ("f_conv", Trained(UnetBlock.Count(voxels / bottom.Stride.Count, 2 * bottom.Channels, config.AffineWidth, config.AffineWidth)));
        yield return ("fc", Trained(LayerCounts.Linear(1, config.AffineWidth, 15)));
        yield return ("sp_conv", UnetBlock.Count(voxels, 2 * finest.Channels, config.FlowWidth, config.FlowWidth));
        yield return ("out_flow", LayerCounts.Convolution(voxels, config.FlowWidth, 3, 3, bias: true));
        yield return ("res_conv", LayerCounts.Convolution(voxels, finest.Channels, config.RestoreWidth, 3, bias: true) + LayerCounts.ChannelNorm(config.RestoreWidth)
            + LayerCounts.Convolution(voxels, config.RestoreWidth, channels, 1, bias: true));

        LayerCounts Trained(LayerCounts counts) => config.TrainAffine ? counts : counts with { Parameters = 0 };
    }

    private Tensor Affine(Tensor moving, Tensor @fixed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = f_conv.call(cat([moving, @fixed], 1)).mean([2, 3, 4]); // [B, W]
        return GvslAffine.Matrix(
            fc_rot.call(x).clamp(-1, 1) * MostRotation, (fc_scl.call(x).clamp(-1, 1) * MostScaling) + 1, fc_trans.call(x), fc_shear.call(x).clamp(-1, 1) * MostShear).MoveToOuterDisposeScope();
    }
}
