using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record Vox2VecConfig : IReferenceCheck
{
    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) =>
        [.. Contrasts(golden), .. Step(golden), Starts(golden), .. SharedVoxels(golden), .. Intensities(golden), Mask(golden)];

    private static ReferenceValue[] Contrasts(IReferenceTensors golden)
    {
        Tensor first = golden["info_nce.embeddings_1"].requires_grad_(), second = golden["info_nce.embeddings_2"].requires_grad_();
        Tensor loss = Vox2VecTask.Contrast(first, second, TemperatureOf(golden));
        loss.backward();
        return [new("info_nce.loss", loss), new("info_nce.grad_1", first.grad!), new("info_nce.grad_2", second.grad!)];
    }

    private static List<ReferenceValue> Step(IReferenceTensors golden)
    {
        const string Norm = "step.grad_norm.", Running = "step.after.";
        Tensor samples = golden["step.crop_of_voxel"];
        int scales = int.Parse(golden.Text("num_scales"), CultureInfo.InvariantCulture);
        Size3[] strides = [.. Enumerable.Range(0, scales).Select(scale => Size3.Cube(1 << scale))];
        using var head = new Vox2VecHead((int)golden["weights.0.weight"].shape[1], (int)golden["weights.6.weight"].shape[0]);
        head.to(golden.Device);
        Dictionary<string, Tensor> state = head.state_dict();
        foreach (string name in golden.Names("weights."))
        {
            using IDisposable noGrad = no_grad();
            state[OwnName(name["weights.".Length..])].copy_(golden[name]);
        }
        head.train();
        Tensor[] Pyramid(int view) => [.. Enumerable.Range(0, scales).Select(scale => golden[$"step.pyramid_{view}.{scale}"].requires_grad_())];
        Tensor[] one = Pyramid(1), two = Pyramid(2);
        Tensor vectorsOfOne = Vox2VecTask.Vectors(one, strides, samples, golden["step.voxels_1"]), vectorsOfTwo = Vox2VecTask.Vectors(two, strides, samples, golden["step.voxels_2"]);
        Tensor first = head.call(vectorsOfOne), second = head.call(vectorsOfTwo), loss = Vox2VecTask.Contrast(first, second, TemperatureOf(golden));
        loss.backward();
        var values = new List<ReferenceValue>
        {
            new("step.features_1", vectorsOfOne, 0), new("step.features_2", vectorsOfTwo, 0), new("step.embeddings_1", first), new("step.embeddings_2", second), new("step.loss", loss),
        };
        values.AddRange(one.Select((level, scale) => new ReferenceValue($"step.pyramid_1_grad.{scale}", level.grad!)).Where(value => golden.Has(value.Name)));
        Dictionary<string, Parameter> parameters = head.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter, StringComparer.Ordinal);
        values.AddRange(golden.Names(Norm).Select(name => new ReferenceValue(name, parameters[OwnName(name[Norm.Length..])].grad!.norm())));
        values.AddRange(golden.Names(Running).Select(name => new ReferenceValue(name, state[OwnName(name[Running.Length..])].clone())));
        return values;
    }

    private static ReferenceValue Starts(IReferenceTensors golden)
    {
        long[] given = golden["box.size_patch_anchor"].cpu().data<long>().ToArray();
        var starts = new List<long>();
        foreach (long[] row in given.Chunk(9))
        {
            (long First, long Last)[] bounds = [.. Enumerable.Range(0, 3).Select(axis => Vox2VecPair.Starts(0, row[axis], row[3 + axis], row[6 + axis]))];
            starts.AddRange([.. bounds.Select(bound => bound.First), .. bounds.Select(bound => bound.Last)]);
        }
        return new("box.first_and_last_start", tensor(starts.ToArray(), golden["box.first_and_last_start"].shape), 0);
    }

    // The scan is empty but for its body voxels.
    private static ReferenceValue[] SharedVoxels(IReferenceTensors golden)
    {
        long[] boxes = golden["views.boxes"].cpu().data<long>().ToArray(), voxels = golden["views.body_voxels"].cpu().data<long>().ToArray();
        VoxelBlock[] views = [.. boxes.Chunk(6).Select(box => new VoxelBlock(box[0], box[1], box[2], box[3], box[4], box[5]))];
        int[] sides = [.. Enumerable.Range(0, 3).Select(axis => (int)Math.Max(voxels.Where((_, i) => i % 3 == axis).Max() + 1, views.Max(view => axis == 0 ? view.EndX : axis == 1 ? view.EndY : view.EndZ)))];
        var size = new Size3(sides[0], sides[1], sides[2]);
        var scan = new float[size.Count];
        foreach (long[] voxel in voxels.Chunk(3)) scan[(((voxel[0] * size.Y) + voxel[1]) * size.Z) + voxel[2]] = 1;
        // Without air there is nothing outside, so the body is looked up in a scan of tissue where other voxels are cut away below.
        List<(int X, int Y, int Z)> shared = Vox2VecBody.Of(scan, size, 0.5f).Within(Vox2VecPair.Shared(views[0], views[1]));
        List<(int X, int Y, int Z)> body = [.. shared.Where(voxel => scan[(((voxel.X * size.Y) + voxel.Y) * size.Z) + voxel.Z] > 0)];
        Tensor In(VoxelBlock view) => tensor([.. body.SelectMany(voxel => (long[])[voxel.X - view.X, voxel.Y - view.Y, voxel.Z - view.Z])], [body.Count, 3]);
        return [new("views.voxels_1", In(views[0]), 0), new("views.voxels_2", In(views[1]), 0)];
    }

    private static List<ReferenceValue> Intensities(IReferenceTensors golden)
    {
        Tensor input = golden["intensity.input_hu"].unsqueeze(0);
        var values = new List<ReferenceValue>();
        foreach (string name in golden.Names("intensity.").Where(name => name.EndsWith(".output", StringComparison.Ordinal)))
        {
            string prefix = name[..^"output".Length];
            double[] Numbers(string key) => golden[prefix + key].cpu().data<double>().ToArray();
            Tensor changed = name.Split('.')[1] switch
            {
                "blur" => Vox2VecIntensities.Blur(input, Numbers("sigma")[0]),
                "sharpen" => Vox2VecIntensities.Sharpen(input, Numbers("sigma_1_sigma_2_alpha")[0], Numbers("sigma_1_sigma_2_alpha")[1], Numbers("sigma_1_sigma_2_alpha")[2]),
                _ => Vox2VecIntensities.Window(input, Numbers("low_high")[0], Numbers("low_high")[1]),
            };
            values.Add(new(name, changed.squeeze(0)));
        }
        return values;
    }

    private static ReferenceValue Mask(IReferenceTensors golden)
    {
        Tensor scan = golden["body.hu"];
        var size = new Size3((int)scan.shape[0], (int)scan.shape[1], (int)scan.shape[2]);
        var mask = new byte[size.Count];
        Vox2VecBody body = Vox2VecBody.Of(scan.cpu().data<float>().ToArray(), size, (float)new Vox2VecConfig().AirBelow);
        foreach ((int x, int y, int z) in body.Within(new VoxelBlock(0, 0, 0, size.X, size.Y, size.Z))) mask[(((x * size.Y) + y) * size.Z) + z] = 1;
        return new("body.mask", tensor(mask, scan.shape), 0);
    }

    private static double TemperatureOf(IReferenceTensors golden) => double.Parse(golden.Text("temperature"), CultureInfo.InvariantCulture);

    // 0, 1, 3, 4, 6: each layer but the last is followed by a norm and an activation.
    private static string OwnName(string official)
    {
        string[] parts = official.Split('.');
        int index = int.Parse(parts[0], CultureInfo.InvariantCulture);
        return $"{(index % 3 == 0 ? "layer" : "norm")}{(index / 3) + 1}.{parts[1]}";
    }
}
