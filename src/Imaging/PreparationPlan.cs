namespace HiEndMae.Imaging;

/// <summary>How scans are brought to a model: RAS+ axes, a spacing, a window of intensities, the foreground, a least size; MONAI's chain of the same names, in that order.</summary>
/// <param name="Spacing">Voxel size; null keeps the stored one.</param>
/// <param name="Window">Intensities mapped to 0 and 1, clipped; null keeps them as stored.</param>
public sealed record PreparationPlan(Spacing3? Spacing, (double Low, double High)? Window)
{
    /// <summary>Percentiles of each channel that are mapped to 0 and 1 before anything else happens; null to scale by none. A plan has these or a window.</summary>
    public (double Lower, double Upper)? Percentiles { get; init; }

    /// <summary>Whether the image is cut to its voxels above zero.</summary>
    public bool CropForeground { get; init; }

    /// <summary>Voxels kept around the foreground.</summary>
    public int ForegroundMargin { get; init; }

    /// <summary>Zeros are added on both sides until a volume is at least this large.</summary>
    public Size3? PadTo { get; init; }

    /// <summary>Prepares an image.</summary>
    /// <param name="stored">As its file has it. Its voxels may be overwritten where no step makes new ones.</param>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public PreparedImage Prepare(Volume<float> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        Volume<float> scaled = Percentiles is { } percents ? IntensityPercentiles.Scale(stored, percents.Lower, percents.Upper) : stored;
        Volume<float> ras = Orientation.ToRas(scaled), spaced = (Spacing, Window) switch
        {
            ({ } spacing, { } window) => Resampler.Resample(ras, spacing, window),
            ({ } spacing, null) => Resampler.Resample(ras, spacing),
            _ => ras,
        };
        if (Spacing is null && Window is { } bounds) IntensityWindow.Apply(ras.Voxels, bounds.Low, bounds.High);
        VoxelBox whole = VoxelBox.Whole(spaced.Size);
        // An image without any foreground is left whole: what to think of it is for others to say.
        VoxelBox crop = CropForeground ? Foreground.Box(spaced, 0, ForegroundMargin) ?? whole : whole;
        // One after the other, and not as one box: padding is zero even where the scan goes on beyond its foreground.
        VoxelBox pad = VoxelBox.PadTo(crop.Size, PadTo ?? crop.Size);
        Volume<float> image = VoxelBoxes.Cut(VoxelBoxes.Cut(spaced, crop), pad);
        return new PreparedImage(image, new PreparationTrace(new VolumeGrid(stored.Size, stored.Affine), new VolumeGrid(spaced.Size, spaced.Affine), crop, pad));
    }
}
