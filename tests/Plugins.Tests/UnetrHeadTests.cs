using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>The UNETR head. The numbers of MONAI and of the official code are compared in Verification.Tests.</summary>
public sealed class UnetrHeadTests
{
    [Theory]
    [InlineData(2, 8)]
    [InlineData(4, 12)]
    [InlineData(6, 24)]
    [InlineData(8, 24)]
    [InlineData(16, 32)]
    [InlineData(12, 24)]
    public void Logits_have_the_size_of_the_crop(int patch, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 24, NumHeads = 2, PatchSize = patch }, new EncoderContext(1, Size3.Cube(edge), EncoderUse.Segmentation));
        var head = new UnetrHead(new UnetrConfig { FeatureSize = 2 }, new HeadContext(encoder.Info, Size3.Cube(edge), 5));
        Tensor volumes = rand(new long[] { 2, 1, edge, edge, edge });
        Assert.Equal([2, 5, edge, edge, edge], head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks)).shape);
    }

    [Theory]
    [InlineData(2, 0, true)]
    [InlineData(3, 1, false)]
    [InlineData(4, 1, true)]
    [InlineData(6, 2, false)]
    [InlineData(8, 2, true)]
    [InlineData(10, 3, false)]
    [InlineData(12, 3, false)]
    [InlineData(16, 3, true)]
    [InlineData(32, 3, false)]
    public void Doublings_of_the_stages_stay_below_the_patch_size(int patch, int doublings, bool endsWithDoubling)
    {
        var levels = UnetrLevels.Of(Size3.Cube(patch));
        Assert.Equal(new UnetrLevels(doublings, endsWithDoubling), levels);
        Assert.True(1 << levels.DoublingsAfter(2) < patch);
        Assert.Equal(doublings, Enumerable.Range(0, 3).Count(levels.Doubles));
    }

    [Fact]
    public void A_block_that_the_encoder_does_not_have_is_refused()
    {
        var info = new TokenEncoderInfo(1, 24, 6, Size3.Cube(8), Size3.Cube(3), false);
        PluginException error = Assert.Throws<PluginException>(() => new UnetrHead(new UnetrConfig(), new HeadContext(info, Size3.Cube(24), 2)));
        Assert.Contains("0 to 5", error.Message);
    }
}
