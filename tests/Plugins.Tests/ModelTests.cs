using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Initial weights, random omissions, probes, and sizes that no model has.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Initial_weights_follow_their_rules()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Size3 crop = Size3.Cube(48);
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 96, Depth = 10, NumHeads = 4, PatchSize = 12 }, new EncoderContext(1, crop, EncoderUse.Pretraining));
        using var decoder = new HiEndMaeDecoder(new HiEndMaeConfig { EmbedDim = 48, NumHeads = 4 }, new DecoderContext(encoder.Info, crop));
        int checkedWeights = 0;
        foreach ((string name, Parameter parameter) in encoder.named_parameters().Concat(decoder.named_parameters()))
        {
            using DisposeScope inner = NewDisposeScope();
            double mean = parameter.mean().item<float>(), deviation = parameter.numel() > 1 ? parameter.std().item<float>() : 0, most = parameter.abs().max().item<float>();
            if (name.EndsWith("bias", StringComparison.Ordinal)) Assert.Equal(0, most);
            else if (name.Contains("norm", StringComparison.Ordinal)) Assert.Equal((1, 0), (mean, deviation));
            else if (name is "cls_token" or "mask_token") Assert.True(Math.Abs(deviation - 0.02) < 0.006 && Math.Abs(mean) < 0.008, $"{name}: {mean}, {deviation}");
            else
            {
                // Xavier-uniform: range sqrt(6 / (in + out)), deviation range / sqrt(3); the patch embedding as the matrix that it is.
                long outputs = parameter.shape[0], inputs = parameter.numel() / outputs;
                double range = Math.Sqrt(6.0 / (inputs + outputs)), error = 4 / Math.Sqrt(parameter.numel());
                Assert.True(most <= range * 1.000001 && most > range * 0.98, $"{name}: most {most}, range {range}");
                Assert.True(Math.Abs(deviation - (range / Math.Sqrt(3))) < error * range, $"{name}: deviation {deviation}, expected {range / Math.Sqrt(3)}");
                Assert.True(Math.Abs(mean) < error * range, $"{name}: mean {mean}");
            }
            checkedWeights++;
        }
        Assert.True(checkedWeights > 150);
    }

    [Fact]
    public void Drop_path_keeps_the_mean_and_drops_whole_samples()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        Tensor branch = ones(4000, 2, 3), dropped = Drop.Path(branch, 0.25, training: true);
        Assert.InRange(dropped.mean().item<float>(), 0.96f, 1.04f);
        Assert.True(dropped.std(1).max().item<float>() == 0);
        Assert.Equal(2, dropped.flatten().unique().output.shape[0]);
        Assert.InRange(dropped.max().item<float>(), 1.3333f, 1.3334f);
        Assert.Same(branch, Drop.Path(branch, 0.25, training: false));
        Assert.Same(branch, Drop.Elements(branch, 0, training: true));
    }

    [Fact]
    public void Dropout_acts_only_in_training()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 24, Depth = 3, NumHeads = 2, PatchSize = 8, Dropout = 0.3, DropPath = 0.3 }, new EncoderContext(1, Size3.Cube(16), EncoderUse.Segmentation));
        Tensor volumes = rand(new long[] { 2, 1, 16, 16, 16 });
        Tensor Tokens() => ((TokenFeatures)encoder.Encode(volumes, [])).Tokens;
        manual_seed(1);
        Tensor first = Tokens();
        manual_seed(1);
        Assert.True(first.eq(Tokens()).all().item<bool>());
        Assert.False(first.eq(Tokens()).all().item<bool>());
        encoder.eval();
        Assert.True(Tokens().eq(Tokens()).all().item<bool>());
    }

    [Fact]
    public void A_linear_probe_is_a_linear_map_of_tokens_and_does_not_train_the_encoder()
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 crop = Size3.Cube(16);
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 24, Depth = 2, NumHeads = 2, PatchSize = 8 }, new EncoderContext(1, crop, EncoderUse.Segmentation));
        using var head = new LinearProbeHead(new LinearProbeConfig(), new HeadContext(encoder.Info, crop, 3));
        Assert.True(head.FreezesEncoder);
        Tensor volumes = rand(new long[] { 1, 1, 16, 16, 16 });
        var features = (TokenFeatures)encoder.Encode(volumes, []);
        Tensor logits = head.Segment(volumes, features);
        Assert.Equal([1, 3, 16, 16, 16], logits.shape);
        // A corner voxel lies outside the outermost token centres, so it is the corner token's own value.
        Dictionary<string, Tensor> weights = head.state_dict();
        Tensor corner = features.Tokens[0, 7].matmul(weights["classify.weight"].t()) + weights["classify.bias"];
        Golden.AssertClose(corner, logits[0, .., 15, 15, 15], 1e-5);
    }

    [Theory]
    [InlineData(25, 2, 8, "not a multiple of num_heads")]
    [InlineData(20, 2, 8, "not a multiple of 6")]
    [InlineData(24, 2, 7, "cannot be cut into patches")]
    public void Invalid_sizes_of_an_encoder_are_one_clear_error(int width, int heads, int patch, string message)
    {
        PluginException error = Assert.Throws<PluginException>(() => new Vit3dEncoder(
            new Vit3dConfig { EmbedDim = width, NumHeads = heads, PatchSize = patch }, new EncoderContext(1, Size3.Cube(16), EncoderUse.Pretraining)));
        Assert.Contains(message, error.Message);
    }
}
