using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.Imaging;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record SparkConfig : IReferenceCheck
{
    IEnumerable<ReferenceValue> IReferenceCheck.Recompute(IReferenceTensors golden)
    {
        var values = new List<ReferenceValue>(SparseLayers.Recompute(golden));
        if (golden.Has("mednext.input")) values.AddRange(MedNext(golden));
        if (golden.Has("bn.input")) values.AddRange(BatchNormed(golden));
        if (golden.Has("schedule.lr")) values.AddRange(Schedules(golden));
        return values;
    }

    private List<ReferenceValue> MedNext(IReferenceTensors golden)
    {
        const string Part = "mednext.";
        Tensor volumes = SparseReferences.Volumes(golden[Part + "input"]);
        Size3 crop = CropOf(volumes);
        Encoder encoder = golden.CreateEncoder(HybridSizes.Toml(golden, Part + "weights.sparse_encoder.sp_cnn.", depth: 0, heads: 1), new EncoderContext((int)volumes.shape[1], crop, EncoderUse.Pretraining));
        return Model(golden, Part, volumes, encoder, DensifyNorm.Layer);
    }

    private List<ReferenceValue> BatchNormed(IReferenceTensors golden)
    {
        const string Part = "bn.", Convolutions = Part + "weights.sparse_encoder.sp_cnn.";
        Tensor volumes = SparseReferences.Volumes(golden[Part + "input"]);
        var encoder = new SparseSample(golden[Convolutions + "conv1.weight"].shape, golden[Convolutions + "conv2.weight"].shape, golden[Convolutions + "conv3.weight"].shape);
        encoder.to(golden.Device);
        return Model(golden, Part, volumes, encoder, DensifyNorm.Batch, encoderPasses: 3);
    }

    private List<ReferenceValue> Model(IReferenceTensors golden, string part, Tensor volumes, Encoder encoder, DensifyNorm norm, int encoderPasses = 1)
    {
        var values = new List<ReferenceValue>();
        SparkConfig config = this with { DecoderWidth = (int)golden[part + "weights.dense_decoder.dec.0.up_sample.weight"].shape[0], DensifyNorm = norm };
        var task = new SparkTask(config, SparseShape.Of(new DecoderContext(encoder.Info, CropOf(volumes)) { MaskRatio = 0.5 }, "spark", config.DecoderWidth));
        using var model = new SparseReferences(golden, part, encoder, task, name => name);
        Tensor decoded = model.Pass(volumes, model.Visible(part + "active"), "", values, encoderPasses);
        values.AddRange(SparseReferences.Thinned(golden, part + "decoded_every_", decoded));
        return values;
    }

    // "peak 2e-4, decay 0.04 to 0.2, 12 warm-up steps of 160"; the rate begins at 0.005 of the peak and ends at 0.001 of it.
    private static IEnumerable<ReferenceValue> Schedules(IReferenceTensors golden)
    {
        double[] numbers = [.. Regex.Matches(golden.Text("schedule"), @"\d[\d.]*(?:e-?\d+)?", RegexOptions.CultureInvariant).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
        (Tensor rates, Tensor decays) = golden.Schedules(
            string.Create(CultureInfo.InvariantCulture, $"lr = {numbers[0]:0.0##########}\nweight_decay = {numbers[1]:0.0###}\nweight_decay_end = {numbers[2]:0.0###}"),
            string.Create(CultureInfo.InvariantCulture, $"warmup_steps = {numbers[3]}\nwarmup_start_lr = {0.005 * numbers[0]:0.0##########}\nend_lr = {0.001 * numbers[0]:0.0##########}\nends_at_last_step = true"),
            (int)numbers[4]);
        return [new("schedule.lr", rates, 1e-9), new("schedule.weight_decay", decays, 1e-9)];
    }

    private static Size3 CropOf(Tensor volumes) => new((int)volumes.shape[2], (int)volumes.shape[3], (int)volumes.shape[4]);
}
