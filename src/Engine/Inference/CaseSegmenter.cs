using HiEndMae.Engine.Configuration;
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
        Volume<float> prepared = Resampler.Resample(Orientation.ToRas(original), data.SpacingMm);
        // A grid that it has already gives the volume itself back; the window is not to be applied to the caller's voxels.
        if (ReferenceEquals(prepared.Voxels, original.Voxels)) prepared = new Volume<float>(prepared.Channels, prepared.Size, prepared.Affine, [.. prepared.Voxels]);
        IntensityWindow.Apply(prepared.Voxels, data.Window[0], data.Window[1]);
        foreach (float value in prepared.Voxels)
        {
            if (!float.IsFinite(value)) throw new VolumeException($"'{name}' has voxels that are no finite numbers.");
        }
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
