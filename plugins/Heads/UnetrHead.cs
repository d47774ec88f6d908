using HiEndMae.Imaging;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>UNETR on a token encoder. Names of weights are MONAI's.</summary>
/// <remarks>
/// Three stages lead from the grid of tokens to the level below the crop. The skips of blocks 9, 6 and 3 are added to them in this order, and the image itself to the last step to
/// the crop. With patch 16 and 12, as in the official code, every stage doubles the size. With smaller patches the first stages keep the size, so that no stage reaches
/// or exceeds the size of the crop: patch 8 doubles in the last two stages, patch 4 in the last one (<see cref="UnetrLevels"/>). If one more doubling gives the size of the crop,
/// the last step doubles. Otherwise it is a trilinear resize and a convolution, as in the official code for patch 12.
/// </remarks>
internal sealed class UnetrHead : SegmentationHead
{
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
        var levels = UnetrLevels.Of(info.PatchSize);
        encoder2 = new UnetrProjection(width, 2 * feature, levels.DoublingsAfter(2), options);
        encoder3 = new UnetrProjection(width, 4 * feature, levels.DoublingsAfter(1), options);
        encoder4 = new UnetrProjection(width, 8 * feature, levels.DoublingsAfter(0), options);
        decoder5 = new UnetrUpBlock(width, 8 * feature, options, levels.Doubles(0));
        decoder4 = new UnetrUpBlock(8 * feature, 4 * feature, options, levels.Doubles(1));
        decoder3 = new UnetrUpBlock(4 * feature, 2 * feature, options, levels.Doubles(2));
        decoder2 = levels.EndsWithDoubling ? new UnetrUpBlock(2 * feature, feature, options) : new UnetrResizeBlock(2 * feature, feature, options);
        @out = new UnetrOutput(feature, context.NumClasses);
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => skips;

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        var tokens = (TokenFeatures)features;
        Tensor x = Map(tokens.Tokens); // [B, E, gx, gy, gz]
        x = decoder5.call(x, encoder4.call(Map(tokens.Hidden[skips[2]]))); // first stage
        x = decoder4.call(x, encoder3.call(Map(tokens.Hidden[skips[1]]))); // second stage
        x = decoder3.call(x, encoder2.call(Map(tokens.Hidden[skips[0]]))); // third stage: the level below the crop
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
        if (skips.Length != UnetrLevels.NumStages || skips.Distinct().Count() != UnetrLevels.NumStages)
            throw new PluginException($"unetr: skip_blocks must name {UnetrLevels.NumStages} different blocks, such as [3, 6, 9].");
        if (skips.Any(block => block >= info.Depth))
            throw new PluginException($"unetr: skip_blocks names block {skips.Max()}, but the encoder's blocks are 0 to {info.Depth - 1}.");
    }
}
