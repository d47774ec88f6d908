using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Weights;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Checkpoints of the official code and of MONAI in, and out again.</summary>
public sealed class WeightTransferTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-transfer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_official_pretraining_checkpoint_fills_the_encoder_and_lists_unused_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        var golden = new Golden(Path.Combine(Golden.Folder, "transfer_patch12.safetensors"));
        int edge = golden.MetaInt("img_size"), classes = golden.MetaInt("classes");
        using Vit3dEncoder encoder = Encoder(golden.MetaInt("encoder_dim"), golden.MetaInt("encoder_heads"), 12, edge, EncoderUse.Segmentation);
        using var head = new UnetrHead(new UnetrConfig { FeatureSize = golden.MetaInt("feature_size") }, new HeadContext(encoder.Info, Size3.Cube(edge), classes));
        using (WeightFile file = WeightFile.Open(Path.Combine(Golden.Folder, golden.Meta("checkpoint"))))
        {
            TransferReport report = WeightTransfer.Fill(encoder, head, encoder.TokenInfo.Grid, file);
            Assert.Equal(WeightNames.Official, report.Names);
            Assert.Equal(encoder.state_dict().Count, report.Loaded.Count + report.Resized.Count);
            Assert.Contains(("encoder.cls_token", "there is no class token downstream"), report.Skipped);
            Assert.All(report.Fresh, item => Assert.Equal("the file has no head", item.Reason));
        }
    }

    [Theory]
    [InlineData("unetr_patch12_float64.safetensors")]
    [InlineData("unetr_patch16_float64.safetensors")]
    public void Weights_of_MONAI_fill_encoder_and_head_and_can_be_exported_bit_for_bit(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        var golden = new Golden(Path.Combine(Golden.Folder, name));
        Dictionary<string, Tensor> weights = golden.Names.Where(one => one.StartsWith("weights.", StringComparison.Ordinal)).ToDictionary(one => one["weights.".Length..], one => golden[one]);
        string monai = Path.Combine(folder, "monai.safetensors"), own = Path.Combine(folder, "own.safetensors"), back = Path.Combine(folder, "back.safetensors");
        Safetensors.Write(monai, weights, new Dictionary<string, string>());
        Convert(monai, own, WeightNames.Own);
        Convert(own, back, WeightNames.Monai);
        IReadOnlyDictionary<string, Tensor> again = Safetensors.Read(back);
        Assert.Equal(weights.Keys.Order(), again.Keys.Order());
        Assert.All(weights, pair => Assert.True(pair.Value.flatten().eq(again[pair.Key].flatten()).all().item<bool>(), pair.Key));

        using var encoder = new Vit3dEncoder(
            new Vit3dConfig
            {
                EmbedDim = golden.MetaInt("hidden_size"), NumHeads = golden.MetaInt("heads"), PatchSize = golden.MetaInt("patch_size"), NormEps = 1e-5,
                MlpRatio = golden.MetaDouble("mlp_dim") / golden.MetaDouble("hidden_size"),
            },
            new EncoderContext(1, Size3.Cube(golden.MetaInt("img_size")), EncoderUse.Segmentation));
        using var head = new UnetrHead(
            new UnetrConfig { FeatureSize = golden.MetaInt("feature_size") }, new HeadContext(encoder.Info, Size3.Cube(golden.MetaInt("img_size")), golden.MetaInt("classes")));
        foreach (string path in (string[])[monai, own])
        {
            using WeightFile file = WeightFile.Open(path);
            TransferReport report = WeightTransfer.Fill(encoder, head, encoder.TokenInfo.Grid, file);
            Assert.Equal((weights.Count, 0, 0), (report.Loaded.Count + report.Resized.Count, report.Skipped.Count, report.Fresh.Count));
            Tensor weight = encoder.state_dict()["patch_embed.proj.weight"];
            Assert.True(weight.permute(0, 2, 3, 4, 1).flatten().eq(weights["vit.patch_embedding.patch_embeddings.1.weight"].flatten()).all().item<bool>());
        }
    }

    [Fact]
    public void Own_names_convert_back_to_official_names()
    {
        using DisposeScope scope = NewDisposeScope();
        string source = Path.Combine(Golden.Folder, "hiendmae_patch8_after3steps.pth"), own = Path.Combine(folder, "own.safetensors"), back = Path.Combine(folder, "back.safetensors");
        Convert(source, own, WeightNames.Own);
        Convert(own, back, WeightNames.Official);
        using WeightFile file = WeightFile.Open(source);
        IReadOnlyDictionary<string, Tensor> again = Safetensors.Read(back);
        // The decoder's table of positions is computed here; the encoder's travels.
        Assert.Equal(file.Entries.Select(entry => entry.Name).Where(name => name != "decoder_pos_embed").Order(), again.Keys.Order());
        Assert.All(file.Entries.Where(entry => entry.Name != "decoder_pos_embed"), entry => Assert.True(file.Read(entry).eq(again[entry.Name]).all().item<bool>(), entry.Name));
    }

    [Fact]
    public void Positions_of_another_crop_are_interpolated()
    {
        using DisposeScope scope = NewDisposeScope();
        using Vit3dEncoder small = Encoder(24, 2, 8, 16, EncoderUse.Segmentation), large = Encoder(24, 2, 8, 32, EncoderUse.Segmentation);
        string path = Path.Combine(folder, "small.safetensors");
        using (no_grad()) small.state_dict()["pos_embed"].copy_(ones(1, 8, 24) * arange(24));
        Safetensors.Write(path, ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = small }), new Dictionary<string, string>());
        using WeightFile file = WeightFile.Open(path);
        TransferReport report = WeightTransfer.Fill(large, null, large.TokenInfo.Grid, file);
        Assert.Equal("encoder.pos_embed", Assert.Single(report.Resized).Name);
        // A table that is the same everywhere stays so, whatever the grid.
        Golden.AssertClose((ones(1, 64, 24) * arange(24)).to(ScalarType.Float32), large.state_dict()["pos_embed"], 1e-6);
    }

    // The patch embedding of an image whose four channels are equal, from its definition: c times the sum of the kernels of the channels.
    [Theory]
    [InlineData(ChannelInflation.Mean, 1)]
    [InlineData(ChannelInflation.Repeat, 4)]
    [InlineData(ChannelInflation.First, 1)]
    public void Weights_of_one_channel_are_inflated_to_four(ChannelInflation inflate, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        var config = new Vit3dConfig { EmbedDim = 24, NumHeads = 2, PatchSize = 8, NormEps = 1e-5 };
        using Vit3dEncoder one = Encoder(24, 2, 8, 16, EncoderUse.Segmentation);
        using var four = new Vit3dEncoder(config, new EncoderContext(4, Size3.Cube(16), EncoderUse.Segmentation));
        string path = Path.Combine(folder, "one.safetensors");
        Safetensors.Write(path, ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = one }), new Dictionary<string, string>());
        using WeightFile file = WeightFile.Open(path);
        TransferReport report = WeightTransfer.Fill(four, null, four.TokenInfo.Grid, file, inflate: inflate);
        Assert.Equal(("encoder.patch_embed.proj.weight", $"weights of one channel to 4: {inflate.ToString().ToLowerInvariant()}"), Assert.Single(report.Resized));
        Assert.Contains("to 4", report.ToString(), StringComparison.Ordinal);
        Tensor kernel = one.state_dict()["patch_embed.proj.weight"], inflated = four.state_dict()["patch_embed.proj.weight"];
        Assert.Equal([24, 4, 8, 8, 8], inflated.shape);
        Golden.AssertClose(kernel.detach() * factor, inflated.detach().sum(1, keepdim: true), 1e-6);
        if (inflate == ChannelInflation.First) Assert.Equal(0, inflated.narrow(1, 1, 3).abs().max().item<float>());
        Assert.Contains("finetune.inflate", Assert.Throws<CheckpointException>(() => WeightTransfer.Fill(four, null, four.TokenInfo.Grid, file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_out_silently()
    {
        using DisposeScope scope = NewDisposeScope();
        using Vit3dEncoder wide = Encoder(48, 2, 8, 16, EncoderUse.Segmentation), narrow = Encoder(24, 2, 8, 16, EncoderUse.Segmentation);
        Dictionary<string, Tensor> weights = new(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = narrow }));
        Assert.Contains("is [24] in the file and [48] in the model", Fill(wide, weights));
        weights.Remove("encoder.norm.weight");
        Assert.Contains("'encoder.norm.weight' [24] is not in the file", Fill(narrow, weights));
        weights["encoder.norm.weight"] = zeros(24);
        weights["encoder.blocks.12.norm1.weight"] = zeros(24);
        Assert.Contains("'encoder.blocks.12.norm1.weight' [24] is not in the model", Fill(narrow, weights));
        weights.Remove("encoder.blocks.12.norm1.weight");
        weights["backbone.stem"] = zeros(3);
        Assert.Contains("'backbone.stem' [3] is not in the model", Fill(narrow, weights));
    }

    private string Fill(Vit3dEncoder encoder, Dictionary<string, Tensor> weights)
    {
        string path = Path.Combine(folder, "wrong.safetensors");
        Safetensors.Write(path, weights, new Dictionary<string, string>());
        using WeightFile file = WeightFile.Open(path);
        return Assert.Throws<CheckpointException>(() => WeightTransfer.Fill(encoder, null, encoder.TokenInfo.Grid, file)).Message;
    }

    private static void Convert(string from, string to, string names)
    {
        using WeightFile file = WeightFile.Open(from);
        WeightConversion.Write(file, to, names);
    }

    private static Vit3dEncoder Encoder(int width, int heads, int patch, int edge, EncoderUse use) => new(
        new Vit3dConfig { EmbedDim = width, NumHeads = heads, PatchSize = patch, NormEps = 1e-5 }, new EncoderContext(1, Size3.Cube(edge), use));
}
