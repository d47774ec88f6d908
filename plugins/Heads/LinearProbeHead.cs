using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>Tokens of a frozen encoder to class logits by one linear map, then trilinear upsampling to the crop.</summary>
internal sealed class LinearProbeHead : SegmentationHead
{
    private readonly Linear classify;
    private readonly TokenEncoderInfo info;
    private readonly Size3 crop;

    public LinearProbeHead(LinearProbeConfig config, HeadContext context) : base(nameof(LinearProbeHead))
    {
        ArgumentNullException.ThrowIfNull(config);
        info = context.Encoder as TokenEncoderInfo ?? throw new PluginException("linear-probe needs an encoder of patch tokens; this one returns a feature pyramid.");
        crop = context.CropSize;
        classify = Initialise.Xavier(nn.Linear(info.EmbedDim, context.NumClasses));
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override bool FreezesEncoder => true;

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = ((TokenFeatures)features).Tokens; // [B, N (+1), E]
        if (info.HasClassToken) tokens = tokens.narrow(1, 1, tokens.shape[1] - 1);
        Tensor logits = classify.call(tokens).transpose(1, 2); // [B, K, N]
        Tensor map = logits.reshape(logits.shape[0], logits.shape[1], info.Grid.X, info.Grid.Y, info.Grid.Z);
        return nn.functional.interpolate(map, [crop.X, crop.Y, crop.Z], mode: InterpolationMode.Trilinear, align_corners: false).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }
}
