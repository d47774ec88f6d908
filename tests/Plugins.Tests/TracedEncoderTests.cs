using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

public sealed class TracedEncoderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_observer_sees_every_block_and_does_not_change_the_forward_pass(bool masked)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        manual_seed(1);
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 24, Depth = 3, NumHeads = 4, PatchSize = 4 }, new EncoderContext(1, Size3.Cube(12), EncoderUse.Pretraining));
        encoder.eval();
        Tensor volumes = rand([2L, 1, 12, 12, 12]), shuffle = stack([randperm(27), randperm(27)]);
        using var mask = new TokenMask(shuffle, 9);
        TokenFeatures plain = Pass();
        var seen = new List<int>();
        bool same = true;
        long tokens = masked ? 10 : 28;
        using (encoder.Trace(trace =>
        {
            seen.Add(trace.Block);
            foreach (Tensor one in new[] { trace.Queries, trace.Keys, trace.Values }) Assert.Equal([2L, 4, tokens, 6], one.shape);
            same &= trace.Output.eq(plain.Hidden[trace.Block]).all().item<bool>();
        }))
        {
            TokenFeatures traced = Pass();
            Assert.True(traced.Tokens.eq(plain.Tokens).all().item<bool>());
        }
        Assert.Equal([0, 1, 2], seen);
        Assert.True(same);
        Pass();
        Assert.Equal(3, seen.Count); // nobody watches any more

        TokenFeatures Pass() => masked
            ? encoder.EncodeVisible(Nn.Patches.FromVolumes(volumes, 4), mask, [0, 1, 2])
            : (TokenFeatures)encoder.Encode(volumes, [0, 1, 2]);
    }

    [Fact]
    public void Observing_leaves_no_tensors()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 12, Depth = 2, NumHeads = 2, PatchSize = 4 }, new EncoderContext(1, Size3.Cube(8), EncoderUse.Segmentation));
        Tensor volumes = rand([1L, 1, 8, 8, 8]);
        Pass();
        long before = Tensor.TotalCount;
        for (int i = 0; i < 5; i++) Pass();
        Assert.Equal(before, Tensor.TotalCount);

        void Pass()
        {
            using DisposeScope one = NewDisposeScope();
            using (encoder.Trace(trace => trace.Values.sum())) encoder.Encode(volumes, []);
        }
    }
}
