using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Class indices of whole volumes by sliding window.</summary>
/// <param name="encoder">In evaluation mode.</param>
/// <param name="head">In evaluation mode.</param>
/// <param name="data">Crop, spacing and window that the model was trained with.</param>
/// <param name="evaluate">Overlap and windows per pass.</param>
/// <param name="device">Where the model lies.</param>
public sealed class CaseSegmenter(Encoder encoder, SegmentationHead head, DataConfig data, EvaluateConfig evaluate, Device device)
{
    /// <summary>Segments an image as its file has it, and brings the result back onto that file's grid, voxel for voxel: nearest voxel, its own orientation, spacing and affine.</summary>
    /// <exception cref="VolumeException">The image has voxels that are no finite numbers.</exception>
    public Volume<ushort> SegmentOriginal(Volume<float> original, string name, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(original);
        // Preparation may overwrite what it is given; the scan is the caller's.
        var copy = new Volume<float>(original.Channels, original.Size, original.Affine, [.. original.Voxels]);
        Volume<float> prepared = CasePreparer.PrepareImage(copy, data, $"'{name}'");
        return Resampler.ResampleNearest(Segment(prepared, cancel), original.Size, original.Affine);
    }

    /// <summary>Segments a volume on the model's grid.</summary>
    public Volume<ushort> Segment(Volume<float> image, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(image);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor volume = tensor(image.Voxels, [1, image.Channels, image.Size.X, image.Size.Y, image.Size.Z], device: device); // [1, C, X, Y, Z]
        Tensor logits = SlidingWindow.Infer(
            volume, data.Crop, evaluate.Overlap, WindowWeighting.Constant, evaluate.WindowBatch,
            windows => head.Segment(windows, encoder.Encode(windows, head.HiddenBlocks)), null, cancel); // [1, K, X, Y, Z]
        long[] classes = logits.argmax(1).cpu().contiguous().data<long>().ToArray(); // [1, X, Y, Z]
        return new Volume<ushort>(1, image.Size, image.Affine, Array.ConvertAll(classes, index => (ushort)index));
    }
}
