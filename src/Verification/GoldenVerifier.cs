using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Weights;
using HiEndMae.ExperimentFiles;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Verification;

/// <summary>Builds the model of a golden from its metadata, as an experiment would, and compares what the golden holds.</summary>
internal sealed class GoldenVerifier(PluginCatalog catalog, Device device, int threads)
{
    // One set for every file.
    private const double Output = 1e-5, Loss = 1e-6, Gradient = 1e-4, Steps = 1e-5, Kinks = 5e-3, Most = 0.9;
    private const int VoxelStep = 8;

    private readonly ComponentFactory factory = new(catalog);

    /// <summary>Every comparison of a golden; null where nothing here reads its kind.</summary>
    /// <exception cref="CheckpointException">The golden is broken, or does not fit the model that it describes.</exception>
    public IReadOnlyList<Deviation>? Verify(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenFile(path);
        return golden.Kind switch
        {
            "pretraining" => Pretraining(golden),
            "unetr" => Unetr(golden),
            "transfer" => Transfer(golden),
            "losses-metrics-sliding" => MetricsVerifier.Verify(golden),
            "optimizers-schedules" => OptimiserVerifier.Verify(golden, device, threads),
            _ => null,
        };
    }

    private List<Deviation> Pretraining(GoldenFile golden)
    {
        Size3 crop = Size3.Cube((int)golden.Int("img_size"));
        string dense = string.Join(", ", golden.Doubles("dense_layers").Select(layer => layer.ToString(CultureInfo.InvariantCulture)));
        using var encoder = Create<Encoder>(Slot.Encoder, $"""
            plugin = "vit3d"
            embed_dim = {golden.Int("encoder_dim")}
            depth = {golden.Int("encoder_depth")}
            num_heads = {golden.Int("encoder_heads")}
            patch_size = {golden.Int("patch_size")}
            pos_embed = "{golden.Text("pos_embed")}"
            """, new EncoderContext(1, crop, EncoderUse.Pretraining));
        using var decoder = Create<Decoder>(Slot.Decoder, $"""
            plugin = "hi-end-mae"
            embed_dim = {golden.Int("decoder_dim")}
            num_heads = {golden.Int("decoder_heads")}
            self_depth = {golden.Int("self_depth")}
            stage_depth = {golden.Int("stage_depth")}
            dense_layers = [{dense}]
            """, new DecoderContext(encoder.Info, crop));
        golden.Fill(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["decoder"] = decoder }), ["encoder_pos_embed", "decoder_pos_embed"]);
        encoder.to(device);
        decoder.to(device);
        Tensor shuffle = golden["shuffle_indices"].to(device), input = golden["input"].to(device);
        using var mask = new TokenMask(shuffle, (int)(shuffle.shape[1] * (1 - golden.Double("mask_ratio"))));
        var batch = new PretextBatch(input, mask);
        var found = new List<Deviation>();

        string[] blocks = [.. golden.Names("encoder_block_")];
        if (blocks.Length > 0 && encoder is TokenEncoder tokens)
        {
            int[] indices = [.. blocks.Select(name => int.Parse(name["encoder_block_".Length..], CultureInfo.InvariantCulture))];
            TokenFeatures features = tokens.EncodeVisible(Patches(input, (int)golden.Int("patch_size")), mask, indices);
            found.AddRange(blocks.Zip(indices).Select(pair => new Deviation($"encoder block {pair.Second}", golden.Deviation(pair.First, features.Hidden[pair.Second]), Output)));
        }
        if (golden.Has("reconstruction") && decoder.Reconstruct(encoder, batch) is { } rebuilt)
        {
            // Visible patches are shown as they came, so only hidden ones are compared; a form of [B, N, F] is one of patches.
            Tensor patches = Patches(rebuilt.Volumes, (int)golden.Int("patch_size")).cpu(), hidden = (mask.Restore >= mask.NumVisible).unsqueeze(-1).cpu();
            Tensor expected = golden["reconstruction"].reshape(patches.shape);
            found.Add(new Deviation("reconstruction of hidden patches", GoldenFile.Deviation(where(hidden, expected, zeros_like(expected)), where(hidden, patches, zeros_like(patches))), Output));
        }
        Tensor loss = decoder.Loss(encoder, batch);
        found.Add(new Deviation("loss", golden.Deviation("loss", loss), Loss));
        loss.backward();
        (string Name, Parameter Value)[] parameters = [.. Named("encoder", encoder), .. Named("decoder", decoder)];
        found.AddRange(Gradients(golden, parameters, (1, Gradient)));
        if (golden.Has("losses_over_adamw_steps")) found.Add(OverSteps(golden, parameters, () => decoder.Loss(encoder, batch)));
        return found;
    }

    private Deviation OverSteps(GoldenFile golden, (string Name, Parameter Value)[] parameters, Func<Tensor> loss)
    {
        double[] betas = golden.Doubles("betas");
        using var optimizer = new AdamW(
            [new ParameterGroup(parameters, 1, golden.Double("weight_decay"))], new AdamWOptions(betas[0], betas[1], 1e-8), threads);
        Tensor expected = golden["losses_over_adamw_steps"];
        double worst = 0;
        for (int step = 0; step < expected.shape[0]; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.ZeroGrad();
            Tensor current = loss();
            worst = Math.Max(worst, GoldenFile.Deviation(expected[step], current));
            current.backward();
            optimizer.Step(new StepRequest(golden.Double("lr")));
        }
        return new Deviation($"loss over {expected.shape[0]} steps of AdamW", worst, Steps);
    }

    private List<Deviation> Unetr(GoldenFile golden)
    {
        int classes = (int)golden.Int("classes"), edge = (int)golden.Int("img_size");
        (Encoder encoder, SegmentationHead head) = Segmenter(golden, golden.Int("hidden_size"), golden.Int("heads"), golden.Double("mlp_dim") / golden.Int("hidden_size"));
        golden.Fill(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["head"] = head }), []);
        encoder.to(device);
        head.to(device);
        (string Name, Parameter Value)[] parameters = [.. Named("encoder", encoder), .. Named("head", head)];
        Tensor logits = Segment(encoder, head, edge);
        List<Deviation> found = CompareLogits(golden, logits, classes);
        Tensor loss = DiceCeLoss.Compute(logits, Formula.Labels(edge, classes).to(device));
        found.Add(new Deviation("DiceCE", golden.Deviation("dice_ce_loss", loss), Output));
        loss.backward();
        Dictionary<string, Tensor> single = parameters.ToDictionary(entry => entry.Name, entry => entry.Value.grad!.to(ScalarType.Float64));

        encoder.to(ScalarType.Float64);
        head.to(ScalarType.Float64);
        encoder.zero_grad();
        head.zero_grad();
        DiceCeLoss.Compute(Segment(encoder, head, edge, ScalarType.Float64), Formula.Labels(edge, classes).to(device)).backward();
        parameters = [.. Named("encoder", encoder), .. Named("head", head)];
        // A leaky ReLU has a kink at zero: where rounding puts one voxel in 200,000 on its other side, whatever lies before it gets a gradient that is off by a thousandth, in the
        // reference's float32 run as in this one; and a bias before a norm, or a scale that a norm takes away, has a gradient that is nearly all rounding. So nine norms in ten, of
        // this model in float64, are asked for as everywhere, and the others, and the distance to the gradients in float32, as far as such accidents go.
        found.AddRange(Gradients(golden, parameters, (Most, Gradient), (1, Kinks)));
        Dictionary<string, double> rounding = parameters.ToDictionary(entry => entry.Name, entry => ((single[entry.Name] - entry.Value.grad!).norm() / entry.Value.grad!.norm()).item<double>());
        (string name, double largest) = rounding.MaxBy(entry => entry.Value);
        found.Add(new Deviation($"gradients in float32 against float64 (worst: {name})", largest, Kinks));
        encoder.Dispose();
        head.Dispose();
        return found;
    }

    private List<Deviation> Transfer(GoldenFile golden)
    {
        int classes = (int)golden.Int("classes");
        (Encoder encoder, SegmentationHead head) = Segmenter(golden, golden.Int("encoder_dim"), golden.Int("encoder_heads"), 4);
        using (WeightFile checkpoint = WeightFile.Open(Path.Combine(Path.GetDirectoryName(golden.Path)!, golden.Text("checkpoint"))))
            WeightTransfer.Fill(encoder, head, (encoder.Info as TokenEncoderInfo)?.Grid, checkpoint);
        // The golden names the head's weights without a prefix.
        golden.Fill(head.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value), []);
        encoder.to(device).eval();
        head.to(device).eval();
        using IDisposable noGrad = no_grad();
        List<Deviation> found = CompareLogits(golden, Segment(encoder, head, (int)golden.Int("img_size")), classes);
        encoder.Dispose();
        head.Dispose();
        return found;
    }

    private (Encoder, SegmentationHead) Segmenter(GoldenFile golden, long width, long heads, double mlpRatio)
    {
        Size3 crop = Size3.Cube((int)golden.Int("img_size"));
        var encoder = Create<Encoder>(Slot.Encoder, string.Create(CultureInfo.InvariantCulture, $"""
            plugin = "vit3d"
            embed_dim = {width}
            num_heads = {heads}
            patch_size = {golden.Int("patch_size")}
            mlp_ratio = {mlpRatio}
            norm_eps = 1e-5
            """), new EncoderContext(1, crop, EncoderUse.Segmentation));
        var head = Create<SegmentationHead>(Slot.Head, $"""
            plugin = "unetr"
            feature_size = {golden.Int("feature_size")}
            """, new HeadContext(encoder.Info, crop, (int)golden.Int("classes")));
        return (encoder, head);
    }

    private Tensor Segment(Encoder encoder, SegmentationHead head, int edge, ScalarType type = ScalarType.Float32)
    {
        Tensor volumes = Formula.Input(edge).to(type).to(device);
        return head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks));
    }

    private static List<Deviation> CompareLogits(GoldenFile golden, Tensor logits, int classes)
    {
        long edge = logits.shape[2];
        Tensor some = logits.slice(2, 0, edge, VoxelStep).slice(3, 0, edge, VoxelStep).slice(4, 0, edge, VoxelStep);
        return
        [
            new("logits, every 8th voxel", golden.Deviation("logits_every_8th_voxel", some), Output),
            new("logits, mean per class", golden.Deviation("logits_mean_per_class", logits.mean([0, 2, 3, 4])), Output),
            new("logits, deviation per class", golden.Deviation("logits_std_per_class", logits.transpose(0, 1).reshape(classes, -1).std(1)), Output),
        ];
    }

    // For each asked part of the norms, the largest deviation among the best of them.
    private static IEnumerable<Deviation> Gradients(GoldenFile golden, (string Name, Parameter Value)[] parameters, params (double Part, double Tolerance)[] asked)
    {
        const string Prefix = "grad_norm.";
        IReadOnlyList<WeightRule> rules = WeightNames.From(WeightNames.Detect(golden.WeightNames));
        var byName = parameters.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        var all = new List<(string Name, double Deviation)>();
        foreach (string name in golden.Names(Prefix))
        {
            using DisposeScope scope = NewDisposeScope();
            string own = WeightNames.Apply(rules, name[Prefix.Length..])?.Target ?? name;
            if (!byName.TryGetValue(own, out Parameter? parameter)) throw new CheckpointException($"The golden '{golden.Path}' has '{name}', which no parameter of the model is.");
            double deviation = parameter.grad is { } gradient ? golden.Deviation(name, gradient.to(ScalarType.Float64).norm()) : double.PositiveInfinity;
            all.Add((own, double.IsNaN(deviation) ? double.PositiveInfinity : deviation));
        }
        all.Sort((one, other) => one.Deviation.CompareTo(other.Deviation));
        foreach ((double part, double tolerance) in asked)
        {
            int count = (int)Math.Ceiling(part * all.Count);
            (string worst, double largest) = count == 0 ? ("none", double.NaN) : all[count - 1];
            yield return new Deviation($"gradient norms of {count} of {all.Count} parameters (worst: {worst})", largest, tolerance);
        }
    }

    /// <summary>A component from TOML, through the checks that an experiment's would go through.</summary>
    private T Create<T>(Slot slot, string toml, object context)
        where T : class
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigTable table = TomlReader.Read(toml, "the golden", errors.Add) ?? throw new CheckpointException(errors[0].Message);
        ComponentDescriptor component = catalog.Components.Find(slot, table.PluginName) ?? throw new PluginException($"There is no {slot.ToString().ToLowerInvariant()} '{table.PluginName}'.");
        if (!ConfigChecker.Check(table, component.Schema, $"[{component.Name}]", new CheckContext(catalog.Components, errors.Add))) throw new CheckpointException(errors.First(error => error.IsError).ToString());
        return factory.Create<T>(slot, component.Read(table, new BindContext(catalog.Components, _ => null)), context);
    }

    private static IEnumerable<(string Name, Parameter Value)> Named(string prefix, nn.Module module) => module.named_parameters().Select(entry => ($"{prefix}.{entry.name}", entry.parameter));

    // [B, C, X, Y, Z] to [B, N, P^3 * C], x-major.
    private static Tensor Patches(Tensor volumes, int patch)
    {
        long[] s = volumes.shape;
        return volumes.reshape(s[0], s[1], s[2] / patch, patch, s[3] / patch, patch, s[4] / patch, patch).permute(0, 2, 4, 6, 3, 5, 7, 1)
            .reshape(s[0], s[2] / patch * (s[3] / patch) * (s[4] / patch), (long)patch * patch * patch * s[1]);
    }
}
