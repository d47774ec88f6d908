using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Every pre-training golden in the folder: the official code's numbers from its own weights.</summary>
public sealed class PretrainingParityTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Golden.Folder, "*.safetensors")
        .Where(path => new Golden(path).Meta("kind") == "pretraining").Select(path => Path.GetFileName(path)!)];

    [Theory, MemberData(nameof(Files))]
    public void Outputs_and_loss_are_the_official_ones(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Model(new Golden(Path.Combine(Golden.Folder, file)));
        Golden golden = model.Golden;
        Tensor patches = Patches.FromVolumes(golden["input"], golden.MetaInt("patch_size"));
        Tensor predicted = model.Decoder.Predict(model.Encoder, patches, model.Mask);
        if (golden.Has("patchified_input")) Assert.True(patches.eq(golden["patchified_input"]).all().item<bool>());
        if (golden.Has("decoder_output")) Golden.AssertClose(golden["decoder_output"], predicted, 1e-5);
        Golden.AssertClose(golden["reconstruction"], model.Decoder.Reconstruction(predicted, patches, model.Mask), 1e-5);
        int[] blocks = [3, 6, 9, 11];
        TokenFeatures features = model.Encoder.EncodeVisible(patches, model.Mask, blocks);
        foreach (int block in blocks.Where(block => golden.Has($"encoder_block_{block}")))
            Golden.AssertClose(golden[$"encoder_block_{block}"], features.Hidden[block], 1e-5);
        Golden.AssertClose(golden["loss"], model.Decoder.Loss(model.Encoder, new PretextBatch(golden["input"], model.Mask)), 1e-6);
    }

    [Theory, MemberData(nameof(Files))]
    public void Gradient_norms_of_every_parameter_are_the_official_ones(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Model(new Golden(Path.Combine(Golden.Folder, file)));
        model.Decoder.Loss(model.Encoder, new PretextBatch(model.Golden["input"], model.Mask)).backward();
        string[] norms = [.. model.Golden.Names.Where(name => name.StartsWith("grad_norm.", StringComparison.Ordinal))];
        Assert.NotEmpty(norms);
        foreach (string name in norms)
            Golden.AssertClose(model.Golden[name], model.Parameters[name["grad_norm.".Length..]].grad!.norm(), 1e-4);
    }

    [Theory, MemberData(nameof(Files))]
    public void Loss_over_steps_of_AdamW_is_the_official_one(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Model(new Golden(Path.Combine(Golden.Folder, file)));
        double[] betas = [.. model.Golden.Meta("betas").Split(',').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        using optim.Optimizer optimizer = optim.AdamW(
            model.Parameters.Values, model.Golden.MetaDouble("lr"), betas[0], betas[1], weight_decay: model.Golden.MetaDouble("weight_decay"));
        Tensor expected = model.Golden["losses_over_adamw_steps"];
        for (int step = 0; step < expected.shape[0]; step++)
        {
            optimizer.zero_grad();
            Tensor loss = model.Decoder.Loss(model.Encoder, new PretextBatch(model.Golden["input"], model.Mask));
            Golden.AssertClose(expected[step], loss, 1e-5);
            loss.backward();
            optimizer.step();
        }
    }

    [Fact]
    public void Hi_end_mae_without_dense_stages_is_mae_to_the_last_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        var context = new EncoderContext(1, Size3.Cube(24), EncoderUse.Pretraining);
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 48, NumHeads = 4, PatchSize = 8 }, context);
        var decoder = new DecoderContext(encoder.Info, Size3.Cube(24));
        using var mae = new MaeDecoder(new MaeConfig { EmbedDim = 24, NumHeads = 2 }, decoder);
        using var hiEnd = new HiEndMaeDecoder(new HiEndMaeConfig { EmbedDim = 24, NumHeads = 2, DenseLayers = [] }, decoder);
        Parameter[] from = [.. Blocks(mae)], to = [.. Blocks(hiEnd)];
        Assert.Equal(from.Length, to.Length);
        using (no_grad())
        {
            foreach ((Parameter source, Parameter target) in from.Zip(to)) target.copy_(source);
        }
        using var mask = new TokenMask(rand(2, 27).argsort(1), 6);
        var batch = new PretextBatch(rand(new long[] { 2, 1, 24, 24, 24 }), mask);
        Assert.Equal(mae.Loss(encoder, batch).item<float>(), hiEnd.Loss(encoder, batch).item<float>());
    }

    [Fact]
    public void Tensors_are_flat_over_steps()
    {
        using var model = new Model(new Golden(Path.Combine(Golden.Folder, "hiendmae_patch8.safetensors")));
        using Tensor input = model.Golden["input"];
        long Step()
        {
            using DisposeScope scope = NewDisposeScope();
            model.Decoder.Loss(model.Encoder, new PretextBatch(input, model.Mask)).backward();
            return Tensor.TotalCount;
        }
        Step();
        long after = Step();
        Assert.Equal(after, Step());
    }

    // Both decoders' parameters in the order in which they act: block by block, then norm, head and projection.
    private static IEnumerable<Parameter> Blocks(Decoder decoder)
    {
        (string Name, Parameter Value)[] all = [.. decoder.named_parameters().Select(entry => (entry.name, entry.parameter))];
        IEnumerable<Parameter> Under(string prefix) => all.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => entry.Value);
        return [.. Under("mask_token"), .. Under("encoder_to_decoder"), .. Under("blocks"),
            .. Under("stages.9"), .. Under("stages.6"), .. Under("stages.3"), .. Under("norm"), .. Under("head")];
    }

    internal sealed class Model : IDisposable
    {
        public Model(Golden golden)
        {
            Golden = golden;
            Size3 crop = Size3.Cube(golden.MetaInt("img_size"));
            Encoder = new Vit3dEncoder(
                new Vit3dConfig
                {
                    EmbedDim = golden.MetaInt("encoder_dim"),
                    Depth = golden.MetaInt("encoder_depth"),
                    NumHeads = golden.MetaInt("encoder_heads"),
                    PatchSize = golden.MetaInt("patch_size"),
                },
                new EncoderContext(1, crop, EncoderUse.Pretraining));
            Decoder = new HiEndMaeDecoder(
                new HiEndMaeConfig
                {
                    EmbedDim = golden.MetaInt("decoder_dim"),
                    NumHeads = golden.MetaInt("decoder_heads"),
                    SelfDepth = golden.MetaInt("self_depth"),
                    StageDepth = golden.MetaInt("stage_depth"),
                    DenseLayers = golden.MetaInts("dense_layers"),
                },
                new DecoderContext(Encoder.Info, crop));
            Tensor shuffle = golden["shuffle_indices"];
            Mask = new TokenMask(shuffle, (int)(shuffle.shape[1] * (1 - golden.MetaDouble("mask_ratio"))));
            Parameters = Encoder.named_parameters().ToDictionary(entry => "encoder." + entry.name, entry => entry.parameter);
            foreach ((string name, Parameter parameter) in Decoder.named_parameters()) Parameters.Add(Official(name), parameter);
            string[] trained = [.. golden.Names.Where(name => name.StartsWith("weights.", StringComparison.Ordinal) && !name.EndsWith("pos_embed", StringComparison.Ordinal))];
            Assert.Equal(trained.Select(name => name["weights.".Length..]).Order(), Parameters.Keys.Order());
            using IDisposable noGrad = no_grad();
            foreach (string name in trained) Parameters[name["weights.".Length..]].copy_(golden[name]);
        }

        public Golden Golden { get; }

        public Vit3dEncoder Encoder { get; }

        public HiEndMaeDecoder Decoder { get; }

        public TokenMask Mask { get; }

        public Dictionary<string, Parameter> Parameters { get; }

        public void Dispose()
        {
            Mask.Dispose();
            Decoder.Dispose();
            Encoder.Dispose();
        }

        private string Official(string name)
        {
            if (name == "mask_token" || name.StartsWith("encoder_to_decoder.", StringComparison.Ordinal)) return name;
            if (Golden.Meta("names") == "official" && name.StartsWith("stages.", StringComparison.Ordinal))
            {
                string[] parts = name.Split('.', 3);
                return $"decoder.cross_attention_blocks.{parts[1] switch { "9" => 0, "6" => 1, _ => 2 }}.{parts[2]}";
            }
            return "decoder." + name;
        }
    }
}
