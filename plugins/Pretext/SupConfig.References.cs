using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record SupConfig : IReferenceCheck
{
    // The derivative of the absolute difference jumps at zero. If the reference's single precision changed the sign of a voxel's difference, gradients of the last layers differ by a few 1e-5.
    private const double Kinks = 1e-4;

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Contrasts(golden), .. Turned(golden), .. CutOuts(golden), .. Task(golden)];

    private List<ReferenceValue> Contrasts(IReferenceTensors golden)
    {
        var values = new List<ReferenceValue>();
        foreach (string loss in golden.Names("contrast").Where(name => name.EndsWith(".loss", StringComparison.Ordinal)))
        {
            string prefix = loss[..^"loss".Length];
            Tensor one = golden[prefix + "x_i"].requires_grad_(), other = golden[prefix + "x_j"].requires_grad_();
            Tensor value = SupTask.Contrast(cat([one, other]), Temperature);
            value.backward();
            values.AddRange([new(loss, value), new(prefix + "grad_i", one.grad!), new(prefix + "grad_j", other.grad!)]);
        }
        return values;
    }

    private static IEnumerable<ReferenceValue> Turned(IReferenceTensors golden) =>
        Enumerable.Range(0, NumTurns).Select(turns => new ReferenceValue($"rotation.turned_{turns}", SupViews.Turn(golden["rotation.input"], turns), 0));

    private List<ReferenceValue> CutOuts(IReferenceTensors golden)
    {
        Tensor input = golden["cutout.input"], noisy = input.clone();
        VoxelBlock[] noiseBlocks = Blocks(golden["cutout.noise.boxes"]), swapBlocks = Blocks(golden["cutout.swap.boxes"]);
        Tensor normal = golden["cutout.noise.normal"];
        long used = 0;
        CutOut.Noise(noisy, noiseBlocks, count =>
        {
            used += count;
            return normal.narrow(0, used - count, count);
        });
        Tensor swapped = input.clone();
        CutOut.Swap(swapped, golden["cutout.other"], swapBlocks);
        (long Low, long High)[] bounds = CutOut.Bounds(input.shape.AsSpan(1), this);
        return
        [
            new("cutout.noise.output", noisy), new("cutout.swap.output", swapped, 0),
            new("cutout.draw_bounds", tensor([.. bounds.SelectMany(bound => (long[])[bound.Low, bound.High])], [bounds.Length, 2]), 0),
            new("cutout.noise.boxes", golden["cutout.noise.boxes"].narrow(0, 0, CutOut.CountUntil(noiseBlocks, golden["cutout.noise.target_voxels"].item<double>())), 0),
            new("cutout.swap.boxes", golden["cutout.swap.boxes"].narrow(0, 0, CutOut.CountUntil(swapBlocks, golden["cutout.swap.target_voxels"].item<double>())), 0),
        ];
    }

    private List<ReferenceValue> Task(IReferenceTensors golden)
    {
        Tensor one = golden["task.features_1"].to(ScalarType.Float64).requires_grad_(), other = golden["task.features_2"].to(ScalarType.Float64).requires_grad_();
        Tensor target = golden["task.target"].to(ScalarType.Float64) / 255;
        int width = (int)one.shape[1], doublings = int.Log2((int)(target.shape[2] / one.shape[2]));
        using var task = new SupTask(this, new SupShape((int)target.shape[1], width, doublings));
        task.to(golden.Device).to(ScalarType.Float64);
        Dictionary<string, Parameter> parameters = task.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter, StringComparer.Ordinal);
        foreach (string name in golden.Names("weights."))
        {
            using IDisposable noGrad = no_grad();
            parameters[OwnName(name["weights.".Length..])].copy_(golden[name]);
        }
        SupOutputs outputs = task.Heads(cat([one, other]));
        SupLosses losses = task.Losses(outputs, target, golden["task.rotation_targets"]);
        losses.Total.backward();
        long samples = one.shape[0];
        var values = new List<ReferenceValue>
        {
            new("task.contrastive_1", outputs.Embeddings.narrow(0, 0, samples)), new("task.contrastive_2", outputs.Embeddings.narrow(0, samples, samples)),
            new("task.rotation_logits", outputs.Turns), new("task.reconstruction_mean", outputs.Restored.mean()),
            new("task.rotation_loss", losses.Rotation), new("task.contrastive_loss", losses.Contrastive), new("task.reconstruction_loss", losses.Reconstruction), new("task.loss", losses.Total),
            new("task.features_1_grad", one.grad!), new("task.features_2_grad", other.grad!),
        };
        const string Thinned = "task.reconstruction_every_", Norm = "grad_norm.";
        foreach (string name in golden.Names(Thinned))
            values.Add(new(name, outputs.Restored.flatten().slice(0, 0, outputs.Restored.numel(), long.Parse(name[Thinned.Length..^"th".Length], System.Globalization.CultureInfo.InvariantCulture))));
        foreach (string name in golden.Names(Norm)) values.Add(new(name, parameters[OwnName(name[Norm.Length..])].grad!.norm(), Kinks));
        return values;
    }

    // conv.0, conv.4, ...: each step has a convolution, a norm, an activation and an upsampling.
    private static string OwnName(string official)
    {
        string[] parts = official.Split('.');
        return parts[0] switch
        {
            "rotation_head" => $"rotation.{parts[1]}",
            "contrastive_head" => $"contrastive.{parts[1]}",
            "conv" => $"reconstruction.{int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) / 4}.{parts[2]}",
            _ => official,
        };
    }

    private static VoxelBlock[] Blocks(Tensor boxes)
    {
        long[] numbers = boxes.cpu().data<long>().ToArray();
        return [.. numbers.Chunk(6).Select(box => new VoxelBlock(box[0], box[1], box[2], box[3], box[4], box[5]))];
    }
}
