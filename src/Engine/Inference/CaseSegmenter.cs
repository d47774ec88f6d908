using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Class indices of whole volumes by sliding window.</summary>
/// <param name="models">In evaluation mode; the probabilities of several are averaged.</param>
/// <param name="data">Crop, spacing and window that the models were trained with.</param>
/// <param name="evaluate">Overlap, weights, flips, windows per pass.</param>
/// <param name="device">Where the models lie.</param>
public sealed class CaseSegmenter(IReadOnlyList<SegmentationModel> models, DataConfig data, EvaluateConfig evaluate, Device device)
{
    private const int Slab = 16;
    private readonly WindowPredictor predictor = new(models, evaluate.Flips);

    /// <summary>For one model.</summary>
    public CaseSegmenter(Encoder encoder, SegmentationHead head, DataConfig data, EvaluateConfig evaluate, Device device)
        : this([new SegmentationModel(encoder, head)], data, evaluate, device)
    {
    }

    /// <summary>Takes windows done and in all of the volume under way.</summary>
    public Action<int, int>? Progress { get; set; }

    /// <summary>Segments an image as its file has it, and brings the result back onto that file's grid: probabilities by linear interpolation, then the most probable class.</summary>
    /// <exception cref="VolumeException">The image has voxels that are no finite numbers.</exception>
    public Volume<ushort> SegmentOriginal(Volume<float> original, string name, CancellationToken cancel) => PredictOriginal(original, name, keepProbabilities: false, cancel).Labels;

    /// <summary>As <see cref="SegmentOriginal"/>, with the probabilities of every class where they are wanted.</summary>
    /// <exception cref="VolumeException">The image has voxels that are no finite numbers.</exception>
    public OriginalPrediction PredictOriginal(Volume<float> original, string name, bool keepProbabilities, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(original);
        // Preparation may overwrite what it is given; the scan is the caller's.
        var copy = new Volume<float>(original.Channels, original.Size, original.Affine, [.. original.Voxels]);
        Volume<float> prepared = CasePreparer.PrepareImage(copy, data, $"'{name}'");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor outputs = Infer(prepared, cancel); // [1, K, X, Y, Z]
        return GridInversion.Invert(outputs, predictor.GivesProbabilities, prepared.Affine, original.Size, original.Affine, keepProbabilities, cancel);
    }

    /// <summary>Segments a volume on the model's grid.</summary>
    public Volume<ushort> Segment(Volume<float> image, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(image);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor outputs = Infer(image, cancel); // [1, K, X, Y, Z]
        var labels = new ushort[image.Size.Count];
        int plane = image.Size.Y * image.Size.Z;
        // Indices come as 64-bit numbers: slab by slab they are few.
        for (int x = 0; x < image.Size.X; x += Slab)
        {
            using DisposeScope part = NewDisposeScope();
            int count = Math.Min(Slab, image.Size.X - x);
            ReadOnlySpan<long> classes = outputs.narrow(2, x, count).argmax(1).cpu().contiguous().data<long>().ToArray(); // [1, x, Y, Z]
            Span<ushort> target = labels.AsSpan(x * plane, count * plane);
            for (int i = 0; i < target.Length; i++) target[i] = (ushort)classes[i];
        }
        return new Volume<ushort>(1, image.Size, image.Affine, labels);
    }

    private Tensor Infer(Volume<float> image, CancellationToken cancel)
    {
        Tensor volume = tensor(image.Voxels, [1, image.Channels, image.Size.X, image.Size.Y, image.Size.Z], device: device); // [1, C, X, Y, Z]
        var options = new SlidingWindowOptions(data.Crop, evaluate.Overlap, evaluate.Weighting, evaluate.WindowBatch, evaluate.AccumulateIn);
        return SlidingWindow.Infer(volume, options, predictor.Predict, Progress, cancel);
    }
}
