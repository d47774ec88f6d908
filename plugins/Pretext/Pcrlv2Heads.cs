using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The heads on one level of the way up.</summary>
/// <remarks>Source: RL4M/PCRLv2, models/pcrlv2_model_3d.py, UpTransition.</remarks>
internal sealed class Pcrlv2Heads : nn.Module
{
    private readonly BatchNormLayer bn;
    private readonly Linear predictor_in;
    private readonly BatchNormLayer predictor_bn;
    private readonly Linear predictor_out;
    private readonly ConvLayer restore;
    private readonly BatchNormLayer restore_bn;
    private readonly int enlarging;

    /// <param name="width">Channels of the level.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="enlarging">Voxels of a view along an axis for one voxel of the level.</param>
    public Pcrlv2Heads(int width, int channels, int enlarging) : base(nameof(Pcrlv2Heads))
    {
        this.enlarging = enlarging;
        bn = new BatchNormLayer(width);
        (predictor_in, predictor_bn, predictor_out) = (nn.Linear(width, 2 * width), new BatchNormLayer(2 * width, slope: 0), nn.Linear(2 * width, width));
        (restore, restore_bn) = (new ConvLayer(width, channels, 3), new BatchNormLayer(channels));
        RegisterComponents();
    }

    /// <summary>Runs the heads. The norms are over all S views.</summary>
    /// <param name="level">[S, C, x, y, z].</param>
    /// <param name="restores">Whether the views are restored too.</param>
    public Pcrlv2Features Run(Tensor level, bool restores)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projection = bn.call(level.mean([2, 3, 4])), prediction = predictor_out.call(predictor_bn.call(predictor_in.call(projection)));
        Tensor? restored = restores ? Enlarged(restore_bn.call(restore.call(level)).sigmoid()).MoveToOuterDisposeScope() : null;
        return new Pcrlv2Features(projection.MoveToOuterDisposeScope(), prediction.MoveToOuterDisposeScope(), restored);
    }

    /// <summary>Counts the projection and prediction of one view.</summary>
    public static LayerCounts CountPrediction(int width) =>
        LayerCounts.ChannelNorm(width) + LayerCounts.Linear(1, width, 2 * width) + LayerCounts.ChannelNorm(2 * width) + LayerCounts.Linear(1, 2 * width, width);

    /// <summary>Counts the restoration of one view.</summary>
    /// <param name="width">Channels of the level.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="voxels">Voxels of the level.</param>
    public static LayerCounts CountRestoration(int width, int channels, long voxels) => LayerCounts.Convolution(voxels, width, channels, 3, bias: true) + LayerCounts.ChannelNorm(channels);

    private Tensor Enlarged(Tensor map) =>
        enlarging == 1 ? map : nn.functional.interpolate(map, scale_factor: [enlarging, enlarging, enlarging], mode: InterpolationMode.Trilinear, align_corners: false);
}
