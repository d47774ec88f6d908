using HiEndMae.Imaging;
using HiEndMae.References;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record TransVwConfig : IReferenceCheck
{
    // Crops are in single precision here.
    private const double SinglePrecision = 1e-6;

    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden) => [.. Elastic(golden), .. Shuffled(golden), .. Painted(golden), .. Losses(golden), .. Head(golden), Order(golden)];

    private ReferenceValue[] Elastic(IReferenceTensors golden)
    {
        (float[] input, Size3 size) = Volume(golden["elastic.input"]);
        double[] alongY = Doubles(golden["elastic.uniform_0"]), alongX = Doubles(golden["elastic.uniform_1"]);
        ElasticDeformation.Smooth(alongY, size, ElasticStrength, ElasticSigma);
        ElasticDeformation.Smooth(alongX, size, ElasticStrength, ElasticSigma);
        var output = new float[input.Length];
        ElasticDeformation.Warp(input, output, size, alongX, alongY);
        long[] shape = golden["elastic.displacement_0"].shape;
        return
        [
            new("elastic.displacement_0", tensor(alongY, shape), 1e-9), new("elastic.displacement_1", tensor(alongX, shape), 1e-9),
            new("elastic.output", tensor(output, golden["elastic.output"].shape), SinglePrecision),
        ];
    }

    // The golden lists the voxels that shuffling changed.
    private static ReferenceValue[] Shuffled(IReferenceTensors golden)
    {
        (float[] input, Size3 size) = Volume(golden["shuffle.input"]);
        float[] output = [.. input];
        int[] permutations = [.. Longs(golden["shuffle.permutations"]).Select(place => (int)place)];
        int used = 0;
        foreach (VoxelBlock window in Boxes(golden["shuffle.boxes"]))
        {
            GenesisDamage.Shuffle(input, output, size, window, permutations.AsSpan(used, (int)window.Volume));
            used += (int)window.Volume;
        }
        int[] changed = [.. Enumerable.Range(0, output.Length).Where(i => output[i] != input[i])];
        long[] places = [.. changed.SelectMany(i => (long[])[i / (int)size.Count, i / (size.Y * size.Z) % size.X, i / size.Z % size.Y, i % size.Z])];
        return [new("shuffle.output_changed", tensor(places, [changed.Length, 4]), 0), new("shuffle.output_values", tensor([.. changed.Select(i => output[i])]), SinglePrecision)];
    }

    private static ReferenceValue[] Painted(IReferenceTensors golden)
    {
        (float[] inner, Size3 size) = Volume(golden["inpaint.input"]);
        double[] noise = Doubles(golden["inpaint.noise"]);
        int used = 0;
        GenesisDamage.Paint(inner, size, Boxes(golden["inpaint.boxes"])[0], () => (float)noise[used++]);
        (float[] outer, Size3 outerSize) = Volume(golden["outpaint.input"]);
        float[] painted = [.. Doubles(golden["outpaint.noise"]).Select(value => (float)value)];
        GenesisDamage.Copy(outer, painted, outerSize, Boxes(golden["outpaint.boxes"])[0]);
        return [new("inpaint.output_every_7th", EverySeventh(inner), SinglePrecision), new("outpaint.output_every_7th", EverySeventh(painted), SinglePrecision)];
    }

    private ReferenceValue[] Losses(IReferenceTensors golden)
    {
        Tensor logits = golden["loss.logits"].requires_grad_(), restored = golden["loss.restoration_output"].requires_grad_();
        TransVwLosses losses = TransVwLosses.Of(logits, golden["loss.classes"], restored, golden["loss.target"], this);
        losses.Total.backward();
        return
        [
            new("loss.classification", losses.Classification), new("loss.restoration", losses.Restoration), new("loss.total", losses.Total),
            new("loss.logits_grad", logits.grad!), new("loss.restoration_grad", restored.grad!),
        ];
    }

    private static ReferenceValue[] Head(IReferenceTensors golden)
    {
        const string Weights = "head.weights.";
        Tensor input = golden["head.input"].requires_grad_(), convolution = golden[Weights + "conv1.weight"], linear = golden[Weights + "fc1.weight"];
        using var head = new TransVwHead((int)convolution.shape[1], (int)convolution.shape[0], (int)linear.shape[0]);
        head.to(golden.Device);
        foreach ((string name, Parameter parameter) in head.named_parameters())
        {
            using IDisposable noGrad = no_grad();
            parameter.copy_(golden[Weights + name]);
        }
        Tensor logits = head.call(input), loss = nn.functional.cross_entropy(logits, golden["head.classes"]);
        loss.backward();
        return [new("head.probabilities", logits.softmax(1)), new("head.loss", loss), new("head.input_grad", input.grad!)];
    }

    private static ReferenceValue Order(IReferenceTensors golden)
    {
        double[][] features = [.. Doubles(golden["words.features"]).Chunk((int)golden["words.features"].shape[1])];
        long[] order = [.. Longs(golden["words.references"]).SelectMany(reference => TransVwWords.Nearest(features, (int)reference)).Select(one => (long)one)];
        return new("words.patients_in_order", tensor(order, golden["words.patients_in_order"].shape), 0);
    }

    private static Tensor EverySeventh(float[] values) => tensor([.. values.Where((_, i) => i % 7 == 0)]);

    private static (float[] Values, Size3 Size) Volume(Tensor volume) =>
        (volume.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), new Size3((int)volume.shape[1], (int)volume.shape[2], (int)volume.shape[3]));

    private static double[] Doubles(Tensor values) => values.cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    private static long[] Longs(Tensor values) => values.cpu().to(ScalarType.Int64).contiguous().data<long>().ToArray();

    private static VoxelBlock[] Boxes(Tensor boxes) => [.. Longs(boxes).Chunk(6).Select(box => new VoxelBlock(box[0], box[1], box[2], box[3], box[4], box[5]))];
}
