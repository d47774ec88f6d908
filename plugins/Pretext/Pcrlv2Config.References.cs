using HiEndMae.Nn;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record Pcrlv2Config : IReferenceCheck
{
    private const double NumEpochs = 240;

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Step(golden, "step0."), .. Step(golden, "step1."), .. Stage(golden), Overlaps(golden), Rates(golden)];

    private static List<ReferenceValue> Step(IReferenceTensors golden, string part)
    {
        var leaves = new List<(string Name, Tensor Value)>();
        Tensor Leaf(string name)
        {
            Tensor leaf = golden[part + name].requires_grad_();
            leaves.Add((part + name + "_grad", leaf));
            return leaf;
        }

        Pcrlv2Outputs Outputs(string view, bool restores)
        {
            int levels = golden.Names($"{part}{view}.").Count(name => name.EndsWith(".projection", StringComparison.Ordinal));
            return new Pcrlv2Outputs(
                restores ? Leaf($"{view}.restoration") : empty(0),
                [.. Enumerable.Range(0, levels).Select(i => new Pcrlv2Features(golden[$"{part}{view}.{i}.projection"], Leaf($"{view}.{i}.prediction"), restores ? Leaf($"{view}.{i}.deep_restoration") : null))]);
        }

        int[] drawn = [.. golden[part + "levels"].cpu().data<long>().ToArray().Select(level => (int)level)];
        double beta = Pcrlv2Losses.BetaAt(golden[part + "epoch"].item<long>() / NumEpochs);
        Pcrlv2Losses losses = Pcrlv2Losses.Of(Outputs("first", restores: true), Outputs("second", restores: false), Outputs("local", restores: false), golden[part + "first.target"], drawn, beta);
        losses.Total.backward();
        var values = new List<ReferenceValue>
        {
            new(part + "beta", tensor(beta), 1e-12), new(part + "restoration_loss", losses.Restoration), new(part + "pair_loss", losses.Pair), new(part + "deep_restoration_mse", losses.DeepRestoration),
            new(part + "local_loss", losses.Local), new(part + "loss", losses.Total),
        };
        foreach ((string name, Tensor leaf) in leaves)
        {
            // A level that no comparison drew has no gradient.
            if (golden.Has(name)) values.Add(new(name, leaf.grad!));
        }
        return values;
    }

    private static List<ReferenceValue> Stage(IReferenceTensors golden)
    {
        const string Part = "stage.", Weights = Part + "weights.";
        Tensor input = golden[Part + "input"].requires_grad_();
        long[] first = golden[Weights + "ops.0.conv1.weight"].shape;
        using var step = new UnetUpStep((int)first[1], 0, (int)first[0], new UnetPathOptions(new UnetOptions(UnetNorm.Batch), HasSkips: false));
        using var heads = new Pcrlv2Heads((int)first[0], (int)golden[Weights + "deep_supervision_head.conv1.weight"].shape[0], enlarging: 1);
        step.to(golden.Device);
        heads.to(golden.Device);
        Dictionary<string, Parameter> parameters = step.named_parameters().Concat(heads.named_parameters()).ToDictionary(entry => entry.name, entry => entry.parameter, StringComparer.Ordinal);
        foreach (string name in golden.Names(Weights))
        {
            using IDisposable noGrad = no_grad();
            parameters[OwnName(name[Weights.Length..])].copy_(golden[name]);
        }
        Tensor level = step.call(input, input);
        Pcrlv2Features features = heads.Run(level, restores: true);
        ((features.Projection * golden[Part + "projection_weights"]).sum() + (features.Prediction * golden[Part + "prediction_weights"]).sum()
            + (features.Restored! * golden[Part + "deep_restoration_weights"]).sum()).backward();
        return
        [
            new(Part + "output_mean_per_channel", level.mean([0, 2, 3, 4])), new(Part + "projection", features.Projection), new(Part + "prediction", features.Prediction),
            new(Part + "deep_restoration", features.Restored!), new(Part + "input_grad", input.grad!, 1e-4),
        ];
    }

    private static ReferenceValue Overlaps(IReferenceTensors golden)
    {
        double[] found = [.. golden["iou.boxes"].cpu().data<long>().ToArray().Chunk(12).Select(row => Pcrlv2Boxes.Overlap(Box(row.AsSpan(0, 6)), Box(row.AsSpan(6, 6))))];
        return new("iou.value", tensor(found), 1e-12);
    }

    // A step stands for an epoch.
    private static ReferenceValue Rates(IReferenceTensors golden) => new(
        "schedule.lr_by_epoch",
        golden.Schedules("kind = \"sgd\"\nlr = 1e-3\nmomentum = 0.9\nnesterov = false\nweight_decay = 1e-4", "ends_at_last_step = true", (int)NumEpochs + 1).Rates, 1e-9);

    // x start and end, y start and end, z start and end.
    private static VoxelBlock Box(ReadOnlySpan<long> ends) => new(ends[0], ends[2], ends[4], ends[1], ends[3], ends[5]);

    private static string OwnName(string official)
    {
        string[] parts = official.Split('.');
        return (parts[0], parts[1]) switch
        {
            ("ops", _) => $"block.ops.{parts[1]}.{(parts[2] == "conv1" ? "conv" : "norm")}.{parts[3]}",
            ("predictor_head", "0") => $"predictor_in.{parts[2]}",
            ("predictor_head", "1") => $"predictor_bn.{parts[2]}",
            ("predictor_head", _) => $"predictor_out.{parts[2]}",
            ("deep_supervision_head", "conv1") => $"restore.{parts[2]}",
            ("deep_supervision_head", _) => $"restore_bn.{parts[2]}",
            _ => official,
        };
    }
}
