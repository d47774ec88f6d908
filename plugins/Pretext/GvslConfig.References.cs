using HiEndMae.Imaging;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record GvslConfig : IReferenceCheck
{
    // Local variances are differences of large sums, in single precision in the reference.
    private const double Cancelled = 1e-4;

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) =>
        [.. Losses(golden), .. FlowWarp(golden), .. AffineWarp(golden), .. Deformation(golden), .. Shuffled(golden), Painted(golden), .. Step(golden, "step.", "step."), .. Step(golden, "step.connected_", "step.")];

    private static ReferenceValue[] Losses(IReferenceTensors golden)
    {
        Tensor warped = golden["ncc.warped"].requires_grad_(), flow = golden["smooth.flow"].requires_grad_();
        Tensor correlation = GvslLosses.Dissimilarity(warped, golden["ncc.fixed"]), smoothness = GvslLosses.Roughness(flow);
        (correlation + smoothness).backward();
        return [new("ncc.loss", correlation), new("ncc.grad", warped.grad!, Cancelled), new("smooth.loss", smoothness), new("smooth.grad", flow.grad!)];
    }

    private static ReferenceValue[] FlowWarp(IReferenceTensors golden)
    {
        Tensor input = golden["flow_warp.input"].requires_grad_(), flow = golden["flow_warp.flow"].requires_grad_();
        Tensor output = GvslAffine.Warp(input, flow);
        (output * golden["flow_warp.output_weights"]).sum().backward();
        return
        [
            new("flow_warp.output", output), new("flow_warp.input_grad", input.grad!), new("flow_warp.flow_grad", flow.grad!),
            new("flow_warp.output_of_zero_flow", GvslAffine.Warp(golden["flow_warp.input"], zeros_like(flow))),
        ];
    }

    private static ReferenceValue[] AffineWarp(IReferenceTensors golden)
    {
        Tensor matrix = GvslAffine.Matrix(golden["affine_warp.rotation"], golden["affine_warp.scale"], golden["affine_warp.translation"], golden["affine_warp.shear"]);
        return [new("affine_warp.matrix", matrix), new("affine_warp.output", GvslAffine.Apply(golden["affine_warp.input"], matrix))];
    }

    private static ReferenceValue[] Deformation(IReferenceTensors golden)
    {
        Tensor input = golden["augment.input"];
        double[] strength = Doubles(golden["augment.alpha_sigma"]);
        var deformation = new GvslDeformation(
            GvslDeformation.MatrixOf(input, Doubles(golden["augment.angles"]), Doubles(golden["augment.scales"]), Doubles(golden["augment.shears"]), Doubles(golden["augment.shifts"])),
            GvslDeformation.FlowOf(golden["augment.uniform"], strength[0], strength[1]));
        return [new("augment.matrix", deformation.Matrix), new("augment.flow", deformation.Flow), new("augment.output", deformation.Apply(input), Cancelled)];
    }

    private static List<ReferenceValue> Shuffled(IReferenceTensors golden)
    {
        const string Thinned = "shuffle.output_every_";
        (float[] input, Size3 size) = Volume(golden["shuffle.input"]);
        float[] output = [.. input];
        int[] permutation = [.. Longs(golden["shuffle.permutation"]).Select(place => (int)place)];
        long[] edges = Longs(golden["shuffle.window"]);
        foreach (long[] start in Longs(golden["shuffle.starts"]).Chunk(3))
            GenesisDamage.Shuffle(input, output, size, new VoxelBlock(start[0], start[1], start[2], start[0] + edges[0], start[1] + edges[1], start[2] + edges[2]), permutation);
        Tensor all = tensor(output);
        return [.. golden.Names(Thinned).Select(name => new ReferenceValue(name, all.slice(0, 0, all.numel(), int.Parse(new string([.. name[Thinned.Length..].TakeWhile(char.IsDigit)]), System.Globalization.CultureInfo.InvariantCulture)), 0))];
    }

    private static ReferenceValue Painted(IReferenceTensors golden)
    {
        (float[] volume, Size3 size) = Volume(golden["inpaint.input"]);
        double[] noise = Doubles(golden["inpaint.noise"]);
        int used = 0;
        foreach (long[] box in Longs(golden["inpaint.boxes"]).Chunk(6)) GenesisDamage.Paint(volume, size, new VoxelBlock(box[0], box[1], box[2], box[3], box[4], box[5]), () => (float)noise[used++]);
        return new("inpaint.output", tensor(volume, golden["inpaint.output"].shape), 1e-6);
    }

    // The affine map of the official code passes no gradient on; the affine map in the part "connected_" does.
    private static List<ReferenceValue> Step(IReferenceTensors golden, string part, string inputs)
    {
        const string Weights = "weights.";
        bool connected = part != inputs;
        Tensor Leaf(string name) => golden[inputs + name].requires_grad_();
        Tensor one = golden[inputs + "A"], other = golden[inputs + "B"], oneBottom = Leaf("A_global"), oneFinest = Leaf("A_local"), otherBottom = Leaf("B_global"), otherFinest = Leaf("B_local");
        // The features in the golden replace the features of the damaged crop.
        if (!golden[inputs + "damaged_A"].shape.SequenceEqual(one.shape)) throw new PluginException("gvsl: the damaged crop of the golden has another size than the crop.");
        var config = new GvslConfig
        {
            TrainAffine = connected,
            AffineWidth = (int)golden[Weights + "fc_rot.weight"].shape[1],
            FlowWidth = (int)golden[Weights + "out_flow.weight"].shape[1],
            RestoreWidth = (int)golden[Weights + "res_conv.0.weight"].shape[0],
        };
        using var heads = new GvslHeads(config, (int)oneBottom.shape[1], (int)oneFinest.shape[1], (int)one.shape[1]);
        heads.to(golden.Device);
        Dictionary<string, Parameter> parameters = heads.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter, StringComparer.Ordinal);
        foreach (string name in golden.Names(Weights))
        {
            using IDisposable noGrad = no_grad();
            parameters[OwnName(name[Weights.Length..])].copy_(golden[name]);
        }
        GvslOutputs outputs = heads.Run(oneBottom, oneFinest, otherBottom, otherFinest, other);
        var losses = new GvslLosses(GvslLosses.Dissimilarity(outputs.Warped, one), nn.functional.mse_loss(outputs.Restored, one), GvslLosses.Roughness(outputs.Flow));
        Tensor total = losses.Total(config);
        total.backward();
        var values = new List<ReferenceValue>();
        if (!connected)
        {
            values.AddRange([
                new(part + "matrix", outputs.Matrix), new(part + "flow", outputs.Flow), new(part + "warped", outputs.Warped), new(part + "restored", outputs.Restored),
                new(part + "ncc", losses.Correlation), new(part + "mse", losses.Restoration), new(part + "smooth", losses.Smoothness), new(part + "loss", total),
            ]);
        }
        foreach ((string name, Tensor leaf) in (ReadOnlySpan<(string, Tensor)>)[("A_global", oneBottom), ("A_local", oneFinest), ("B_global", otherBottom), ("B_local", otherFinest)])
        {
            if (golden.Has($"{part}{name}_grad")) values.Add(new($"{part}{name}_grad", leaf.grad!, Cancelled));
        }
        foreach (string name in golden.Names(part + "grad_norm.")) values.Add(new(name, parameters[OwnName(name[(part + "grad_norm.").Length..])].grad!.norm(), Cancelled));
        return values;
    }

    private static string OwnName(string official)
    {
        string[] parts = official.Split('.');
        return (parts[0], parts[1]) switch
        {
            ("f_conv" or "sp_conv", _) => $"{parts[0]}.ops.{(parts[2] is "0" or "1" ? 0 : 1)}.{(parts[2] is "0" or "3" ? "conv" : "norm")}.{parts[3]}",
            ("res_conv", "0") => $"res_conv.{parts[2]}",
            ("res_conv", "1") => $"res_norm.{parts[2]}",
            ("res_conv", _) => $"res_out.{parts[2]}",
            _ => official,
        };
    }

    private static (float[] Values, Size3 Size) Volume(Tensor volume) =>
        (volume.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), new Size3((int)volume.shape[1], (int)volume.shape[2], (int)volume.shape[3]));

    private static double[] Doubles(Tensor values) => values.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private static long[] Longs(Tensor values) => values.cpu().to(ScalarType.Int64).contiguous().data<long>().ToArray();
}
