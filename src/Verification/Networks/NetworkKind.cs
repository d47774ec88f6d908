using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.Configuration;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Networks;

/// <summary>Compares a segmentation network with the official code: features, outputs, loss, gradients and running statistics in float64, output and loss in float32.</summary>
public sealed partial class NetworkKind : IGoldenKind
{
    // Relative to the standard deviation of the compared values, which goldens store as float32. Losses and norms are relative to themselves.
    private const double Exact = 1e-5, ExactLoss = 1e-6, Vanishing = 1e-7, Positions = 1e-6, SmallestLoss = 1e-6;

    // Multiple of the difference of the official float32 run.
    private const double Slack = 10;

    private const string Hidden = "hidden.", GradNorm = "grad_norm.", BuffersAfter = "buffers_after.";

    /// <inheritdoc/>
    public string Name => "network";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        Device device = context.Device;
        int[] sides = [.. golden.Doubles("shape").Select(side => (int)side)];
        var crop = new Size3(sides[0], sides[1], sides[2]);
        NetworkRecipe recipe = NetworkRecipes.Of(golden);
        using Encoder encoder = context.Create<Encoder>(Slot.Encoder, recipe.Encoder, new EncoderContext((int)golden.Int("channels"), crop, EncoderUse.Segmentation));
        using SegmentationHead head = context.Create<SegmentationHead>(Slot.Head, recipe.Head, new HeadContext(encoder.Info, crop, (int)golden.Int("classes")));
        encoder.to(device);
        head.to(device);
        var names = new NetworkNames(golden, encoder, head);
        names.Fill();
        List<Deviation> found = [.. Single(golden, encoder, head, device)];
        names.Fill(); // running statistics have moved
        encoder.to(ScalarType.Float64);
        head.to(ScalarType.Float64);
        found.AddRange(Double(golden, recipe, names, encoder, head, device));
        if (golden.Has("position_zoom.from"))
            found.Add(new Deviation("positions of another grid", golden.Deviation("position_zoom.to", TokenPositions.Zoom(golden["position_zoom.from"], golden["position_zoom.to"].shape[1])), Positions));
        return found;
    }

    private static IEnumerable<Deviation> Single(GoldenFile golden, Encoder encoder, SegmentationHead head, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        encoder.train();
        head.train();
        Tensor volumes = golden["input"].to(device), logits = head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks)), loss = DiceCeLoss.Compute(logits, Labels(golden, device));
        string name = golden.Names("logits").First(one => Pattern().Match(one) is { Success: true } match && match.Groups["name"].Value == "logits");
        return
        [
            new Deviation("float32: logits", Relative(golden[name], Thinned(logits, name)), Slack * golden.Double("float32_deviation_logits")),
            new Deviation("float32: DiceCE", golden.Deviation("dice_ce_loss", loss), Math.Max(SmallestLoss, Slack * golden.Double("float32_deviation_loss"))),
        ];
    }

    private static List<Deviation> Double(GoldenFile golden, NetworkRecipe recipe, NetworkNames names, Encoder encoder, SegmentationHead head, Device device)
    {
        var found = new List<Deviation>();
        Tensor volumes = golden["input"].to(ScalarType.Float64).to(device);
        if (golden.Has("logits_eval"))
        {
            using DisposeScope evaluation = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            encoder.eval();
            head.eval();
            found.Add(new Deviation("logits in evaluation", Relative(golden["logits_eval"], head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks))), Exact));
        }
        encoder.train();
        head.train();
        using var probe = new FeatureProbe(("encoder", encoder), ("head", head));
        (string Name, string Feature, FeaturePlace Place)[] features = [.. golden.Names(Hidden).Select(name => Located(golden, recipe, name))];
        foreach (string path in features.Select(feature => feature.Place.AppliedTo ?? feature.Place.Path).Where(path => !IsLevel(path)).Distinct()) probe.Listen(path);
        var pyramid = (FeaturePyramid)encoder.Encode(volumes, head.HiddenBlocks);
        Tensor logits = head.Segment(volumes, pyramid);
        foreach ((string name, string feature, FeaturePlace place) in features) found.Add(new Deviation($"feature {feature}", Relative(golden[name], Thinned(Feature(place, pyramid, probe), name)), Exact));
        foreach (string name in golden.Names("logits").Where(name => name is not ("logits_eval" or "logits_mean_per_class" or "logits_std_per_class")))
            found.Add(new Deviation("logits", Relative(golden[name], Thinned(logits, name)), Exact));
        Tensor spread = golden["logits_std_per_class"], spreads = logits.transpose(0, 1).flatten(1).std(1);
        double scale = spread.max().ToDouble();
        found.Add(new Deviation("logits, mean per class", (logits.mean([0, 2, 3, 4]).cpu() - golden["logits_mean_per_class"]).abs().max().ToDouble() / scale, Exact));
        found.Add(new Deviation("logits, deviation per class", (spreads.cpu() - spread).abs().max().ToDouble() / scale, Exact));
        Tensor loss = DiceCeLoss.Compute(logits, Labels(golden, device));
        found.Add(new Deviation("DiceCE", golden.Deviation("dice_ce_loss", loss), ExactLoss));
        loss.backward();
        found.AddRange(Gradients(golden, names));
        if (golden.Names(BuffersAfter).Any())
        {
            (string Name, double Value)[] moved = [.. golden.Names(BuffersAfter).Select(name => (name, Relative(golden[name], names[name[BuffersAfter.Length..]])))];
            (string worst, double largest) = moved.MaxBy(entry => entry.Value);
            found.Add(new Deviation($"{moved.Length} running statistics after a step (worst: {worst[BuffersAfter.Length..]})", largest, Exact));
        }
        return found;
    }

    private static IEnumerable<Deviation> Gradients(GoldenFile golden, NetworkNames names)
    {
        var vanishing = names.List("gradients_zero_but_for_rounding").ToHashSet(StringComparer.Ordinal);
        var all = new List<(string Name, double Value)>();
        double largestNorm = golden.Names(GradNorm).Max(name => golden[name].ToDouble()), largestRest = 0;
        foreach (string name in golden.Names(GradNorm))
        {
            string official = name[GradNorm.Length..];
            double norm = names[official].grad is { } gradient ? gradient.norm().ToDouble() : double.PositiveInfinity, expected = golden[name].ToDouble();
            if (vanishing.Contains(official)) largestRest = Math.Max(largestRest, norm / largestNorm);
            else all.Add((official, Math.Abs(norm - expected) / expected));
        }
        (string worst, double largest) = all.MaxBy(entry => double.IsNaN(entry.Value) ? double.PositiveInfinity : entry.Value);
        yield return new Deviation($"gradient norms of {all.Count} parameters (worst: {worst})", largest, Exact);
        if (vanishing.Count > 0) yield return new Deviation($"gradient norms of {vanishing.Count} parameters that a norm cancels", largestRest, Vanishing);
        string[] without = [.. names.List("parameters_without_gradient")];
        if (without.Length > 0) yield return new Deviation($"gradients of {without.Length} parameters that no loss reaches", without.Count(name => names.Find(name) is { grad: not null }), 0);
    }

    private static (string Name, string Feature, FeaturePlace Place) Located(GoldenFile golden, NetworkRecipe recipe, string name)
    {
        string feature = Pattern().Match(name[Hidden.Length..]).Groups["name"].Value;
        foreach ((string pattern, FeaturePlace place) in recipe.Places)
        {
            Match match = Regex.Match(feature, $"^(?:{pattern})$", RegexOptions.CultureInvariant);
            if (match.Success) return (name, feature, place with { Path = match.Result(place.Path) });
        }
        throw new CheckpointException($"The golden '{golden.Path}' has '{name}', and nothing here says where the network has it.");
    }

    private static Tensor Feature(FeaturePlace place, FeaturePyramid pyramid, FeatureProbe probe)
    {
        Tensor At(string path) => IsLevel(path) ? pyramid.Levels[int.Parse(path["level.".Length..], CultureInfo.InvariantCulture)].detach() : probe.Of(path);
        Tensor output = place.AppliedTo is { } input ? probe.Apply(place.Path, At(input)) : At(place.Path);
        return place.Form switch
        {
            FeatureForm.Rows => output.permute(0, 4, 1, 2, 3),
            FeatureForm.Tokens => output.flatten(1, 3),
            _ => output,
        };
    }

    private static bool IsLevel(string path) => path.StartsWith("level.", StringComparison.Ordinal);

    private static Tensor Labels(GoldenFile golden, Device device) => golden["labels"].squeeze(1).to(ScalarType.Int64).to(device);

    // Goldens store only every n-th voxel along the last three axes of large tensors.
    private static Tensor Thinned(Tensor full, string name)
    {
        if (Pattern().Match(name).Groups["step"] is not { Success: true, Value: var text }) return full;
        long step = long.Parse(text, CultureInfo.InvariantCulture);
        return full.slice(2, 0, full.shape[2], step).slice(3, 0, full.shape[3], step).slice(4, 0, full.shape[4], step);
    }

    // Returns the largest difference, relative to the standard deviation of the expected values.
    private static double Relative(Tensor expected, Tensor actual)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor wanted = expected.to(ScalarType.Float64), found = actual.detach().cpu().to(ScalarType.Float64);
        if (!wanted.shape.SequenceEqual(found.shape)) return double.PositiveInfinity;
        double scale = wanted.numel() > 1 ? wanted.std().ToDouble() : 0, largest = (found - wanted).abs().max().ToDouble();
        return scale > 0 ? largest / scale : largest / Math.Max(1e-12, wanted.abs().max().ToDouble());
    }

    [GeneratedRegex(@"^(?<name>.+?)(?:_every_(?<step>\d+)_voxels)?$")]
    private static partial Regex Pattern();
}
