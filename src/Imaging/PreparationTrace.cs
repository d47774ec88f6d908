namespace HiEndMae.Imaging;

/// <summary>The grids that an image passed through while it was prepared. The image's label map follows them.</summary>
/// <param name="Stored">Grid of the file.</param>
/// <param name="Resampled">Grid in RAS+ after resampling.</param>
/// <param name="Crop">Foreground box, in voxels of <paramref name="Resampled"/>.</param>
public sealed record PreparationTrace(VolumeGrid Stored, VolumeGrid Resampled, VoxelBox Crop)
{
    /// <summary>Grid of the prepared image.</summary>
    public VolumeGrid Prepared => Resampled.Cut(Crop);

    /// <summary>Brings the image's label map to the prepared grid; each voxel takes the nearest stored value.</summary>
    /// <param name="stored">Label map on the image's stored grid.</param>
    /// <exception cref="VolumeException">The label map lies on another grid.</exception>
    public Volume<ushort> PrepareLabel(Volume<ushort> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        LabelGrid.Check(stored, Stored, "The label map", "its image");
        // The image's affine is used for both: rounding differences between two headers must not decide where a voxel goes.
        Volume<ushort> ras = Orientation.ToRas(new Volume<ushort>(stored.Channels, stored.Size, Stored.Affine, stored.Voxels));
        return VolumeCrop.Cut(Resampler.ResampleNearest(ras, Resampled.Size, Resampled.Affine), Crop);
    }
}
