using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Masking;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Measures the layers of an encoder on crops, one forward pass per crop.</summary>
/// <remarks>Only numbers and singular values of each crop are kept, so memory hardly grows with the number of crops.</remarks>
/// <param name="options">What to measure.</param>
/// <param name="crops">The crops; the same for every encoder.</param>
/// <param name="organs">Names of the classes without background; empty without labels.</param>
/// <param name="device">Device of the encoders.</param>
public sealed class EncoderMeasurement(MeasurementOptions options, ProbeCrops crops, IReadOnlyList<string> organs, Device device)
{
    /// <summary>Runs the measurement.</summary>
    /// <param name="encoder">The encoder, in evaluation mode. It must be an <see cref="ITracedEncoder"/> if attention or values are measured.</param>
    /// <param name="reference">An encoder with whose layers the layers are compared; null for none.</param>
    /// <param name="progress">Called with the number of finished crops and of all crops.</param>
    /// <param name="cancel">Stops between crops.</param>
    /// <exception cref="PluginException">The encoder's attention cannot be traced.</exception>
    /// <exception cref="UserException">There are too few tokens for CKA, or no tokens to hide.</exception>
    public EncoderMeasures Run(Encoder encoder, Encoder? reference, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        if (options.NeedsTrace && encoder is not ITracedEncoder) throw new PluginException("The attention of this encoder cannot be traced; choose an analysis that does not need it, such as --what cka.");
        if (options.MaskRatio > 0 && encoder is not TokenEncoder) throw new UserException("The encoder has no patch tokens to hide; leave --mask-ratio out.");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        IReadOnlyList<string> layers = LayerTokens.Names(encoder);
        var info = encoder.Info as TokenEncoderInfo;
        BlockMeasurement? blocks = options.NeedsTrace ? new BlockMeasurement(options, info!, organs) : null;
        IReadOnlyList<Measure> measures = blocks?.Measures ?? [];
        List<double[]>[,] values = Table(measures.Count, layers.Count);
        List<double[]>[] singular = [.. layers.Select(_ => new List<double[]>())];
        Size3 own = LayerTokens.Grid(encoder, crops.Crop), common = reference is null ? own : Smaller(own, LayerTokens.Grid(reference, crops.Crop));
        int tokens = options.MaskRatio > 0 ? TokenMask.CountVisible((int)own.Count, options.MaskRatio) : (int)own.Count;
        if (options.Cka && tokens < 4) throw new UserException($"Layers cannot be compared by CKA: a crop has only {tokens} tokens; at least 4 are needed.");
        var cka = new MinibatchCka(layers.Count, layers.Count);
        MinibatchCka? between = options.Cka && reference is not null ? new MinibatchCka(layers.Count, LayerTokens.Names(reference).Count) : null;
        using LinearCka? linear = options.LinearCka ? new LinearCka(layers.Count, layers.Count) : null;
        var cases = new List<int>();
        int total = crops.Places().Count(), done = 0;
        foreach ((int index, int number) in crops.Places())
        {
            cancel.ThrowIfCancellationRequested();
            using DisposeScope one = NewDisposeScope();
            ProbeCrop crop = crops.Cut(index, number);
            Tensor volume = crop.Volume.to(device);
            using TokenMask? mask = options.MaskRatio > 0 ? RandomMasking.Create(1, (int)own.Count, options.MaskRatio, options.Seed, done, device) : null;
            IReadOnlyList<Tensor> outputs = blocks is null ? LayerTokens.Of(encoder, volume, mask, own) : Watch(encoder, crop, volume, mask, one);
            if (options.Cka)
            {
                Tensor grams = stack(outputs.Select(CentredGram.Of));
                cka.Add(grams, grams);
                if (between is not null)
                {
                    Tensor others = stack(LayerTokens.Of(reference!, volume, mask, common).Select(CentredGram.Of));
                    Tensor same = own == common ? grams : stack(LayerTokens.Of(encoder, volume, mask, common).Select(CentredGram.Of));
                    between.Add(same, others);
                }
                linear?.Add(outputs, outputs);
            }
            cases.Add(index);
            progress?.Invoke(++done, total);
        }
        return new EncoderMeasures(layers, cases)
        {
            Values = [.. measures.Select((measure, m) => (measure, Enumerable.Range(0, layers.Count).Select(layer => values[m, layer].ToArray()).ToArray()))],
            SingularValues = singular[0].Count > 0 && singular[0][0].Length > 0 ? [.. singular.Select(layer => layer.ToArray())] : [],
            Cka = options.Cka ? cka.Values() : null,
            LinearCka = linear?.Values(),
            CkaWithReference = between?.Values(),
        };

        List<Tensor> Watch(Encoder watched, ProbeCrop crop, Tensor volume, TokenMask? mask, DisposeScope into)
        {
            var outputs = new List<Tensor>();
            Tensor fractions = crop.Fractions.to(device);
            Tensor voxels = AttentionMeasures.Distances(info!.Grid, new Spacing3(info.PatchSize.X, info.PatchSize.Y, info.PatchSize.Z)).to(device);
            Tensor mm = AttentionMeasures.Distances(info.Grid, new Spacing3(info.PatchSize.X * crop.Spacing.X, info.PatchSize.Y * crop.Spacing.Y, info.PatchSize.Z * crop.Spacing.Z)).to(device);
            if (mask is not null)
            {
                Tensor visible = mask.Visible[0];
                (voxels, mm, fractions) = (Pairs(voxels, visible), Pairs(mm, visible), fractions.index_select(0, visible));
            }
            using (((ITracedEncoder)watched).Trace(trace =>
            {
                (IReadOnlyList<double[]> numbers, double[] sigma) = blocks!.Of(trace, (voxels, mm), fractions);
                for (int m = 0; m < numbers.Count; m++) values[m, trace.Block].Add(numbers[m]);
                singular[trace.Block].Add(sigma);
                if (options.Cka) outputs.Add(LayerTokens.OnGrid(trace.Output, info, own).DetachFromDisposeScope());
            }))
            {
                if (mask is null) watched.Encode(volume, []);
                else ((TokenEncoder)watched).EncodeVisible(PatchVectors.Of(volume, info.PatchSize), mask, []);
            }
            foreach (Tensor output in outputs) into.Attach(output);
            return outputs;
        }
    }

    private static List<double[]>[,] Table(int measures, int layers)
    {
        var table = new List<double[]>[measures, layers];
        for (int i = 0; i < measures; i++)
        {
            for (int j = 0; j < layers; j++) table[i, j] = [];
        }
        return table;
    }

    private static Size3 Smaller(Size3 a, Size3 b) => new(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Min(a.Z, b.Z));

    private static Tensor Pairs(Tensor distances, Tensor visible) => distances.index_select(0, visible).index_select(1, visible);
}
