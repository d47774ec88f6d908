using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>Maps features to class logits linearly: tokens with one map and trilinear upsampling to the crop; a pyramid with one map per level, each sum upsampled to the next finer level.</summary>
internal sealed class LinearProbeHead : SegmentationHead
{
    private readonly Linear? classify;
    private readonly ModuleList<ConvLayer>? levels;
    private readonly TokenEncoderInfo? info;
    private readonly Size3 crop;

    public LinearProbeHead(LinearProbeConfig config, HeadContext context) : base(nameof(LinearProbeHead))
    {
        ArgumentNullException.ThrowIfNull(config);
        FreezesEncoder = config.FreezeEncoder;
        crop = context.CropSize;
        info = context.Encoder as TokenEncoderInfo;
        if (info is not null) classify = Initialise.Xavier(nn.Linear(info.EmbedDim, context.NumClasses));
        // One bias is enough for a sum. vox2vec has it at the finest level.
        else levels = nn.ModuleList([.. ((PyramidEncoderInfo)context.Encoder).Levels.Select((level, i) => new ConvLayer(level.Channels, context.NumClasses, 1, bias: i == 0))]);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override bool FreezesEncoder { get; }

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        return (features is TokenFeatures tokens ? OfTokens(tokens) : OfPyramid(volumes, ((FeaturePyramid)features).Levels)).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }

    private Tensor OfTokens(TokenFeatures features)
    {
        Tensor tokens = features.Tokens; // [B, N (+1), E]
        if (info!.HasClassToken) tokens = tokens.narrow(1, 1, tokens.shape[1] - 1);
        Tensor logits = classify!.call(tokens).transpose(1, 2); // [B, K, N]
        Tensor map = logits.reshape(logits.shape[0], logits.shape[1], info.Grid.X, info.Grid.Y, info.Grid.Z);
        return nn.functional.interpolate(map, [crop.X, crop.Y, crop.Z], mode: InterpolationMode.Trilinear, align_corners: false);
    }

    private Tensor OfPyramid(Tensor volumes, IReadOnlyList<Tensor> maps)
    {
        Tensor? sum = null;
        for (int i = maps.Count - 1; i >= 0; i--)
        {
            Tensor logits = levels![i].call(maps[i]);
            sum = sum is null ? logits : logits + Enlarging.Nearest(sum, logits.shape);
        }
        return Enlarging.Nearest(sum!, volumes.shape);
    }
}
