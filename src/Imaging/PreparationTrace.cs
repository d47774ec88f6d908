namespace HiEndMae.Imaging;

/// <summary>The grids that preparation led an image through: its label follows, and predictions go back, voxel for voxel.</summary>
/// <param name="Stored">As the file has it.</param>
/// <param name="Spaced">RAS+ and resampled.</param>
/// <param name="Crop">In voxels of <paramref name="Spaced"/>.</param>
/// <param name="Pad">In voxels of the crop; what reaches beyond is padding.</param>
public sealed record PreparationTrace(VolumeGrid Stored, VolumeGrid Spaced, VoxelBox Crop, VoxelBox Pad)
{
    private const double SameVoxels = 1e-3; // mm

    /// <summary>The grid of the prepared image.</summary>
    public VolumeGrid Prepared => Spaced.Cut(Crop).Cut(Pad);

    /// <summary>Brings the image's label map to the prepared grid, nearest voxel.</summary>
    /// <param name="stored">On the image's stored grid.</param>
    /// <exception cref="VolumeException">It lies on another grid.</exception>
    public Volume<ushort> PrepareLabel(Volume<ushort> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        LabelGrid.Check(stored, Stored, "The label map", "its image");
        // Under the image's affine: what the two headers round differently must not decide where a voxel goes.
        Volume<ushort> ras = Orientation.ToRas(new Volume<ushort>(stored.Channels, stored.Size, Stored.Affine, stored.Voxels));
        return VoxelBoxes.Cut(VoxelBoxes.Cut(Resampler.ResampleNearest(ras, Spaced.Size, Spaced.Affine), Crop), Pad);
    }

    /// <summary>Brings a predicted label map back to the stored grid, nearest voxel; background where the image was cropped.</summary>
    /// <exception cref="ArgumentException">It does not lie on the prepared grid.</exception>
    public Volume<ushort> Invert(Volume<ushort> prediction)
    {
        Check(prediction);
        return Resampler.ResampleNearest(Whole<ushort>(prediction, 0), Stored.Size, Stored.Affine);
    }

    /// <summary>Brings predicted probabilities (or logits) back to the stored grid, trilinear.</summary>
    /// <param name="prediction">A channel per class.</param>
    /// <param name="beyond">The value of every channel where the image was cropped.</param>
    /// <exception cref="ArgumentException">It does not lie on the prepared grid.</exception>
    public Volume<float> Invert(Volume<float> prediction, float beyond = 0)
    {
        Check(prediction);
        return Resampler.Resample(Whole(prediction, beyond), Stored.Size, Stored.Affine);
    }

    // The way back over both boxes at once: without padding, with what was cut off.
    private Volume<T> Whole<T>(Volume<T> prediction, T beyond) where T : unmanaged
    {
        Volume<T> cropped = VoxelBoxes.Cut(prediction, Pad.Back(Crop.Size));
        return VoxelBoxes.Cut(cropped, Crop.Back(Spaced.Size), beyond);
    }

    private void Check<T>(Volume<T> prediction) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (prediction.Size != Prepared.Size || !prediction.Affine.IsCloseTo(Prepared.Affine, SameVoxels))
            throw new ArgumentException($"The prediction lies on {prediction.Size} voxels of {prediction.Affine.Spacing}, the prepared image on {Prepared}.", nameof(prediction));
    }
}
