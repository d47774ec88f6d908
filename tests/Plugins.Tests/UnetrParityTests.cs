using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>UNETR against MONAI 1.2 (patch 16) and the official code (patch 12), from their weights, on the formula input. Gradients are compared by <c>hiendmae verify</c>'s own test.</summary>
public sealed class UnetrParityTests
{
    public static TheoryData<string> Files => ["unetr_patch16.safetensors", "unetr_patch12.safetensors"];

    [Theory, MemberData(nameof(Files))]
    public void Logits_and_loss_are_the_reference_ones(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        var golden = new Golden(Path.Combine(Golden.Folder, file));
        int edge = golden.MetaInt("img_size"), classes = golden.MetaInt("classes");
        (Vit3dEncoder encoder, UnetrHead head) = Build(golden, edge, classes);
        Fill(golden, encoder, head);
        Tensor input = Input(edge);
        Tensor logits = head.Segment(input, encoder.Encode(input, head.HiddenBlocks));
        Tensor every8 = logits.slice(2, 0, edge, 8).slice(3, 0, edge, 8).slice(4, 0, edge, 8);
        Golden.AssertClose(golden["logits_every_8th_voxel"], every8, 1e-5);
        Golden.AssertClose(golden["logits_mean_per_class"], logits.mean([0, 2, 3, 4]), 1e-5);
        Golden.AssertClose(golden["logits_std_per_class"], logits.transpose(0, 1).reshape(classes, -1).std(1), 1e-5);

        Tensor loss = DiceCe(logits, Labels(edge, classes), classes);
        Golden.AssertClose(golden["dice_ce_loss"], loss, 1e-5);
    }

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
    public void Stages_stay_below_the_crop(int patch, int doublings, bool endsWithDoubling)
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

    internal static (Vit3dEncoder, UnetrHead) Build(Golden golden, int edge, int classes)
    {
        var encoder = new Vit3dEncoder(
            new Vit3dConfig
            {
                EmbedDim = golden.MetaInt("hidden_size"),
                NumHeads = golden.MetaInt("heads"),
                PatchSize = golden.MetaInt("patch_size"),
                NormEps = 1e-5, // MONAI's ViT
                MlpRatio = golden.MetaDouble("mlp_dim") / golden.MetaDouble("hidden_size"),
            },
            new EncoderContext(1, Size3.Cube(edge), EncoderUse.Segmentation));
        var head = new UnetrHead(new UnetrConfig { FeatureSize = golden.MetaInt("feature_size") }, new HeadContext(encoder.Info, Size3.Cube(edge), classes));
        return (encoder, head);
    }

    private static void Fill(Golden golden, Vit3dEncoder encoder, UnetrHead head)
    {
        Dictionary<string, Parameter> parameters = encoder.named_parameters().ToDictionary(entry => Reference(entry.name), entry => entry.parameter);
        foreach ((string name, Parameter parameter) in head.named_parameters()) parameters.Add(name, parameter);
        string[] names = [.. golden.Names.Where(name => name.StartsWith("weights.", StringComparison.Ordinal))];
        Assert.Equal(names.Select(name => name["weights.".Length..]).Order(), parameters.Keys.Order());
        using IDisposable noGrad = no_grad();
        foreach (string name in names)
        {
            Parameter parameter = parameters[name["weights.".Length..]];
            parameter.copy_(golden[name].reshape(parameter.shape));
        }
    }

    private static string Reference(string name) => "vit." + name
        .Replace("patch_embed.proj", "patch_embedding.patch_embeddings.1", StringComparison.Ordinal)
        .Replace("pos_embed", "patch_embedding.position_embeddings", StringComparison.Ordinal)
        .Replace("fc1", "linear1", StringComparison.Ordinal)
        .Replace("fc2", "linear2", StringComparison.Ordinal)
        .Replace("attn.proj", "attn.out_proj", StringComparison.Ordinal);

    internal static Tensor Input(int n)
    {
        var values = new float[n * n * n];
        for (int at = 0; at < values.Length; at++)
        {
            int i = at / n / n, j = at / n % n, k = at % n;
            values[at] = (float)(0.5 + 0.25 * Math.Sin(0.11 * i) * Math.Cos(0.07 * j) + 0.25 * Math.Sin(0.05 * k + 0.03 * i));
        }
        return tensor(values, [1, 1, n, n, n]);
    }

    private static Tensor Labels(int n, int classes)
    {
        var values = new long[n * n * n];
        for (int at = 0; at < values.Length; at++)
        {
            int i = at / n / n, j = at / n % n, k = at % n;
            values[at] = (i / (n / 4) + j / (n / 3) + k / (n / 2)) % classes;
        }
        return tensor(values, [1, n, n, n]);
    }

    // Written out once more, so that the engine's loss and this one check each other.
    private static Tensor DiceCe(Tensor logits, Tensor labels, int classes)
    {
        Tensor target = nn.functional.one_hot(labels, classes).permute(0, 4, 1, 2, 3).to(ScalarType.Float32);
        Tensor p = logits.softmax(1);
        Tensor dice = 1 - 2 * (target * p).sum([2, 3, 4]) / (target.square().sum([2, 3, 4]) + p.square().sum([2, 3, 4]) + 1e-6);
        return dice.mean() - (target * logits.log_softmax(1)).sum(1).mean();
    }
}
