using HiEndMae.Imaging;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record ModelsGenesisConfig : IReferenceCheck
{
    // These volumes are in single precision.
    private const double Single = 1e-6;

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Bends(golden), .. Shuffles(golden), .. Paints(golden), Pair(golden), .. PairTarget(golden), .. Losses(golden)];

    private static List<ReferenceValue> Bends(IReferenceTensors golden)
    {
        double[] points = Doubles(golden["bezier.points"]), x = Doubles(golden["bezier.x"]);
        byte[] inverted = golden["bezier.inverted"].cpu().data<byte>().ToArray();
        double[] bent = [.. inverted.SelectMany((one, i) =>
        {
            var curve = new BezierCurve(points.AsSpan(8 * i, 8), one != 0);
            return x.Select(curve.At);
        })];
        var values = new List<ReferenceValue> { new("bezier.y", tensor(bent, [inverted.Length, x.Length]), 1e-9) };
        foreach (string name in golden.Names("bezier.curve_").Where(name => name.EndsWith(".x", StringComparison.Ordinal)))
        {
            (double[] curveX, double[] curveY) = BezierCurve.Points(points.AsSpan(0, 8), (int)golden[name].numel());
            values.AddRange([new(name, tensor(curveX), 1e-12), new(name[..^1] + "y", tensor(curveY), 1e-12)]);
        }
        return values;
    }

    private static ReferenceValue[] Shuffles(IReferenceTensors golden)
    {
        (float[] input, Size3 size) = Volume(golden["shuffle.input"]);
        float[] output = [.. input];
        int[] permutations = [.. golden["shuffle.permutations"].cpu().to(ScalarType.Int64).data<long>().ToArray().Select(place => (int)place)];
        int used = 0;
        foreach (VoxelBlock window in Boxes(golden["shuffle.boxes"]))
        {
            GenesisDamage.Shuffle(input, output, size, window, permutations.AsSpan(used, (int)window.Volume));
            used += (int)window.Volume;
        }
        return [new("shuffle.output", Tensor(output, golden["shuffle.output"]), Single)];
    }

    private static ReferenceValue[] Paints(IReferenceTensors golden)
    {
        (float[] inner, Size3 size) = Volume(golden["inpaint.input"]);
        double[] noise = Doubles(golden["inpaint.noise"]);
        int used = 0;
        foreach (VoxelBlock box in Boxes(golden["inpaint.boxes"])) GenesisDamage.Paint(inner, size, box, () => (float)noise[used++]);
        (float[] outer, Size3 outerSize) = Volume(golden["outpaint.input"]);
        return
        [
            new("inpaint.output", Tensor(inner, golden["inpaint.output"]), Single), new("outpaint.output", Tensor(Outpainted(golden, "outpaint.", outer, outerSize), golden["outpaint.output"]), Single),
            new("inpaint.draw_bounds", Bounds(size, GenesisDamage.InpaintBounds), 0), new("outpaint.draw_bounds", Bounds(outerSize, GenesisDamage.OutpaintBounds), 0),
        ];
    }

    private static ReferenceValue Pair(IReferenceTensors golden)
    {
        (float[] volume, Size3 size) = Flipped(golden);
        new BezierCurve(Doubles(golden["pair.points"]), golden["pair.inverted"].item<byte>() != 0).Apply(volume);
        return new("pair.input", Tensor(Outpainted(golden, "pair.", volume, size), golden["pair.input"]), Single);
    }

    private static IEnumerable<ReferenceValue> PairTarget(IReferenceTensors golden) => [new("pair.target", Tensor(Flipped(golden).Values, golden["pair.target"]), Single)];

    private static ReferenceValue[] Losses(IReferenceTensors golden)
    {
        Tensor logits = golden["loss.logits"].requires_grad_(), loss = ModelsGenesisTask.Error(logits, golden["loss.target"]);
        loss.backward();
        return [new("loss.value", loss), new("loss.grad", logits.grad!)];
    }

    private static (float[] Values, Size3 Size) Flipped(IReferenceTensors golden)
    {
        (float[] volume, Size3 size) = Volume(golden["pair.source"]);
        foreach (long axis in golden["pair.flip_axes"].cpu().data<long>().ToArray()) GenesisDamage.Flip(volume, size, (int)axis);
        return (volume, size);
    }

    private static float[] Outpainted(IReferenceTensors golden, string prefix, float[] volume, Size3 size)
    {
        float[] painted = [.. Doubles(golden[prefix + "noise"]).Select(value => (float)value)];
        foreach (VoxelBlock box in Boxes(golden[prefix + "boxes"])) GenesisDamage.Copy(volume, painted, size, box);
        return painted;
    }

    private static (float[] Values, Size3 Size) Volume(Tensor volume) =>
        (volume.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), new Size3((int)volume.shape[1], (int)volume.shape[2], (int)volume.shape[3]));

    private static Tensor Tensor(float[] values, Tensor like) => tensor(values, like.shape);

    private static Tensor Bounds(Size3 size, Func<int, (int Low, int High)> bounds) =>
        tensor([.. ((int[])[size.X, size.Y, size.Z]).SelectMany(side => (long[])[bounds(side).Low, bounds(side).High])], [3, 2]);

    private static double[] Doubles(Tensor values) => values.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private static VoxelBlock[] Boxes(Tensor boxes) =>
        [.. boxes.cpu().to(ScalarType.Int64).contiguous().data<long>().ToArray().Chunk(6).Select(box => new VoxelBlock(box[0], box[1], box[2], box[3], box[4], box[5]))];
}
