using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>MiT's last doubling, a convolution block, and the output.</summary>
/// <remarks>
/// The official code upsamples the last features and then classifies voxels. Both operations are linear and act on different axes. Here the
/// classes are upsampled instead, because they are fewer; the numbers are the same.
/// The weights of its outputs for deep supervision exist here too, so that checkpoints can be exchanged completely. Nothing uses them, and they get no gradient.
/// </remarks>
internal sealed class MitHead : SegmentationHead
{
    private readonly ConvLayer up;
    private readonly MitConvBlock mix;
    private readonly ConvLayer classify;
    private readonly ModuleList<ConvLayer> supervised;

    public MitHead(MitConfig config, HeadContext context) : base(nameof(MitHead))
    {
        ArgumentNullException.ThrowIfNull(config);
        PyramidEncoderInfo info = MitConfig.Read(context.Encoder);
        (int fine, int coarse) = (info.Levels[0].Channels, info.Levels[1].Channels);
        up = new ConvLayer(ConvShape.Doubling(coarse, fine));
        mix = new MitConvBlock(new ConvShape(fine, fine, 3));
        classify = Output(fine);
        supervised = nn.ModuleList([.. MitConfig.SupervisedWidths(info).Select(Output)]);
        RegisterComponents();

        ConvLayer Output(int width) => Initialise.KaimingByOutputs(new ConvLayer(width, context.NumClasses, 1));
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> levels = ((FeaturePyramid)features).Levels;
        Tensor x = mix.call(up.call(levels[1]) + levels[0]); // [B, 32, X, Y/2, Z/2]
        Tensor logits = classify.call(x);
        return nn.functional.interpolate(logits, [volumes.shape[2], volumes.shape[3], volumes.shape[4]], mode: InterpolationMode.Trilinear, align_corners: false).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }
}
