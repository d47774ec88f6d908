using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>A convolution to classes on the finest level of the way up of the encoder, or of the head if the encoder has none.</summary>
internal sealed class UnetHead : SegmentationHead
{
    private readonly ModuleList<UnetUpStep>? up;
    private readonly ConvLayer @out;
    private readonly ModuleList<UnetLevelHead>? levels;
    private readonly UnetConfig config;

    public UnetHead(UnetConfig config, HeadContext context) : base(nameof(UnetHead))
    {
        this.config = config;
        PyramidEncoderInfo info = PyramidHead.Of(context.Encoder, "unet");
        IReadOnlyList<(int Inputs, int Skip, int Outputs)> steps = config.Steps(info);
        if (steps.Count > 0) up = nn.ModuleList([.. steps.Select(step => new UnetUpStep(step.Inputs, step.Skip, step.Outputs, config.PathOptions))]);
        @out = new ConvLayer(steps.Count > 0 ? steps[^1].Outputs : info.Levels[0].Channels, context.NumClasses, config.KernelSize);
        if (config.LevelHeads) levels = nn.ModuleList([.. info.Levels.Take(info.Levels.Count - 1).Select(level => new UnetLevelHead(level.Channels))]);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<Tensor> maps = ((FeaturePyramid)features).Levels;
        if (levels is not null && training)
        {
            if (volumes.shape[0] < 2) throw new PluginException("unet: level_heads needs batches of at least two crops, and this batch has one; raise finetune.data.crops_per_volume, or leave level_heads out.");
            for (int i = 0; i < levels.Count; i++) levels[i].Observe(maps[i]);
        }
        Tensor x = maps[0];
        if (up is not null)
        {
            x = maps[^1];
            for (int i = 0; i < up.Count; i++) x = RecomputedBlock.Call(up[i], x, maps[maps.Count - 2 - i], config.CheckpointBlocks);
        }
        Tensor logits = @out.call(x); // [B, K, ...]
        if (config.Activation == OutputActivation.Sigmoid) logits = Widened(logits).sigmoid();
        if (logits.shape[2] != volumes.shape[2] || logits.shape[3] != volumes.shape[3] || logits.shape[4] != volumes.shape[4])
            logits = nn.functional.interpolate(logits, [volumes.shape[2], volumes.shape[3], volumes.shape[4]], mode: InterpolationMode.Trilinear, align_corners: false);
        return logits.MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }

    // A sigmoid in 16 bits would make different logits equal.
    private static Tensor Widened(Tensor logits) => logits.dtype is ScalarType.Float32 or ScalarType.Float64 ? logits : logits.to(ScalarType.Float32);
}
