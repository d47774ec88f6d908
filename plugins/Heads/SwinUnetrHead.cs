using HiEndMae.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>SwinUNETR on a Swin encoder, with or without the residual blocks on the skips. Names of weights are MONAI's.</summary>
internal sealed class SwinUnetrHead : SegmentationHead
{
    private readonly SwinSkips? skips;
    private readonly UnetrUpBlock decoder5;
    private readonly UnetrUpBlock decoder4;
    private readonly UnetrUpBlock decoder3;
    private readonly UnetrUpBlock decoder2;
    private readonly UnetrUpBlock decoder1;
    private readonly UnetrOutput @out;
    private readonly bool checkpointBlocks;

    public SwinUnetrHead(SwinUnetrConfig config, HeadContext context) : base(nameof(SwinUnetrHead))
    {
        (IReadOnlyList<int> widths, bool hasSkips) = SwinUnetrConfig.Read(context.Encoder);
        checkpointBlocks = config.CheckpointBlocks;
        if (!hasSkips) skips = new SwinSkips(context.Encoder.InChannels, widths, config.Options);
        decoder5 = new UnetrUpBlock(widths[4], widths[3], config.Options);
        decoder4 = new UnetrUpBlock(widths[3], widths[2], config.Options);
        decoder3 = new UnetrUpBlock(widths[2], widths[1], config.Options);
        decoder2 = new UnetrUpBlock(widths[1], widths[0], config.Options);
        decoder1 = new UnetrUpBlock(widths[0], widths[0], config.Options);
        @out = new UnetrOutput(widths[0], context.NumClasses);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> levels = ((FeaturePyramid)features).Levels;
        IReadOnlyList<Tensor> maps = skips is null ? levels : skips.Run(volumes, levels); // strides 1 to 32
        Tensor x = Up(decoder5, maps[5], maps[4]);
        x = Up(decoder4, x, maps[3]);
        x = Up(decoder3, x, maps[2]);
        x = Up(decoder2, x, maps[1]);
        x = Up(decoder1, x, maps[0]); // [B, f, X, Y, Z]
        return @out.call(x).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }

    private Tensor Up(UnetrUpBlock block, Tensor coarse, Tensor skip) => RecomputedBlock.Call(block, coarse, skip, checkpointBlocks);
}
