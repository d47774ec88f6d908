using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>UNETR on a token encoder. Names of weights are MONAI's.</summary>
/// <remarks>
/// The grid of tokens is doubled three times to reach the level below the crop: skips of blocks 9, 6 and 3 join after the first, second and
/// third doubling, the image itself at the end. With patch 16 the last step is a doubling too; with any other patch it is a trilinear resize
/// to the crop and a convolution, as in the official code for patch 12 (a patch of 8 is then at full size already, and the resize changes nothing).
/// </remarks>
internal sealed class UnetrHead : SegmentationHead
{
    private const int NumSkips = 3;
    private readonly UnetrBasicBlock encoder1;
    private readonly UnetrProjection encoder2;
    private readonly UnetrProjection encoder3;
    private readonly UnetrProjection encoder4;
    private readonly UnetrUpBlock decoder5;
    private readonly UnetrUpBlock decoder4;
    private readonly UnetrUpBlock decoder3;
    private readonly nn.Module<Tensor, Tensor, Tensor> decoder2;
    private readonly UnetrOutput @out;
    private readonly int[] skips;
    private readonly Size3 grid;
    private readonly bool hasClassToken;

    public UnetrHead(UnetrConfig config, HeadContext context) : base(nameof(UnetrHead))
    {
        TokenEncoderInfo info = context.Encoder as TokenEncoderInfo
            ?? throw new PluginException("unetr needs an encoder of patch tokens; this one returns a feature pyramid.");
        skips = [.. config.SkipBlocks];
        Check(info);
        grid = info.Grid;
        hasClassToken = info.HasClassToken;
        (int width, int feature) = (info.EmbedDim, config.FeatureSize);
        var options = new UnetrBlockOptions(config.Norm, config.ResidualBlocks);
        encoder1 = new UnetrBasicBlock(info.InChannels, feature, options);
        encoder2 = new UnetrProjection(width, 2 * feature, 3, options);
        encoder3 = new UnetrProjection(width, 4 * feature, 2, options);
        encoder4 = new UnetrProjection(width, 8 * feature, 1, options);
        decoder5 = new UnetrUpBlock(width, 8 * feature, options);
        decoder4 = new UnetrUpBlock(8 * feature, 4 * feature, options);
        decoder3 = new UnetrUpBlock(4 * feature, 2 * feature, options);
        decoder2 = info.PatchSize == Size3.Cube(16) ? new UnetrUpBlock(2 * feature, feature, options) : new UnetrResizeBlock(2 * feature, feature, options);
        @out = new UnetrOutput(feature, context.NumClasses);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => skips;

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        var tokens = (TokenFeatures)features;
        Tensor x = Map(tokens.Tokens); // [B, E, gx, gy, gz]
        x = decoder5.call(x, encoder4.call(Map(tokens.Hidden[skips[2]]))); // grid x 2
        x = decoder4.call(x, encoder3.call(Map(tokens.Hidden[skips[1]]))); // grid x 4
        x = decoder3.call(x, encoder2.call(Map(tokens.Hidden[skips[0]]))); // grid x 8
        x = decoder2.call(x, encoder1.call(volumes)); // [B, F, X, Y, Z]
        return @out.call(x).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }

    // [B, N (+1), E] to [B, E, gx, gy, gz].
    private Tensor Map(Tensor tokens)
    {
        Tensor patches = hasClassToken ? tokens.narrow(1, 1, tokens.shape[1] - 1) : tokens;
        return patches.transpose(1, 2).reshape(tokens.shape[0], tokens.shape[2], grid.X, grid.Y, grid.Z).contiguous();
    }

    private void Check(TokenEncoderInfo info)
    {
        if (skips.Length != NumSkips || skips.Distinct().Count() != NumSkips)
            throw new PluginException($"unetr: skip_blocks must name {NumSkips} different blocks, such as [3, 6, 9].");
        if (skips.Any(block => block >= info.Depth))
            throw new PluginException($"unetr: skip_blocks names block {skips.Max()}, but the encoder's blocks are 0 to {info.Depth - 1}.");
    }
}
