namespace HiEndMae.Imaging;

/// <summary>How a scan becomes the input of a model. The steps are those of MONAI's transforms of the same names, in this order: Orientation (RAS+), Spacing,
/// ScaleIntensityRange, CropForeground.</summary>
/// <param name="Spacing">Voxel size after resampling, mm; null keeps the stored one.</param>
/// <param name="Window">Intensities that become 0 and 1; values outside are clipped. Null keeps intensities as stored.</param>
public sealed record PreparationPlan(Spacing3? Spacing, (double Low, double High)? Window)
{
    /// <summary>Percentiles of each channel that become 0 and 1, taken before anything else; null for none. A plan has either these, or a window, or neither.</summary>
    public (double Lower, double Upper)? Percentiles { get; init; }

    /// <summary>Whether each channel gets mean 0 and standard deviation 1, before anything else.</summary>
    public bool ZScore { get; init; }

    /// <summary>Ends that z-scores are clipped to; null for none.</summary>
    public (double Low, double High)? Clip { get; init; }

    /// <summary>Whether percentiles or z-scores are those of the voxels that are not 0. Then the foreground is what is not 0.</summary>
    public bool Nonzero { get; init; }

    /// <summary>Whether the image is cut to the box of its voxels above zero, or other than zero where <see cref="ZScore"/> leaves the background at zero.</summary>
    public bool CropForeground { get; init; }

    /// <summary>Number of voxels that the image is resized to after all other steps, linearly; null for none. The first and last voxels of each axis stay in place, as with align_corners = true of PyTorch. Label maps cannot follow.</summary>
    public Size3? Resize { get; init; }

    /// <summary>Prepares an image.</summary>
    /// <param name="stored">The image as its file has it. Its voxels may be overwritten where no step allocates new ones.</param>
    /// <returns>The prepared image, and the trace by which its label map follows.</returns>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public (Volume<float> Image, PreparationTrace Trace) Prepare(Volume<float> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        Volume<float> scaled = Percentiles is { } percents ? IntensityPercentiles.Scale(stored, percents.Lower, percents.Upper, Nonzero)
            : ZScore ? IntensityZScore.Normalise(stored, Nonzero, Clip) : stored;
        Volume<float> ras = Orientation.ToRas(scaled), resampled = (Spacing, Window) switch
        {
            ({ } spacing, { } window) => Resampler.Resample(ras, spacing, window),
            ({ } spacing, null) => Resampler.Resample(ras, spacing),
            _ => ras,
        };
        if (Spacing is null && Window is { } bounds) IntensityWindow.Apply(ras.Voxels, bounds.Low, bounds.High);
        VoxelBox whole = VoxelBox.Whole(resampled.Size);
        // An image without any foreground is not cropped.
        VoxelBox crop = CropForeground ? Foreground.Box(resampled, countNegative: ZScore && Nonzero) ?? whole : whole;
        return (Resized(VolumeCrop.Cut(resampled, crop)), new PreparationTrace(new VolumeGrid(stored.Size, stored.Affine), new VolumeGrid(resampled.Size, resampled.Affine), crop));
    }

    private Volume<float> Resized(Volume<float> image)
    {
        if (Resize is not { } size || size == image.Size) return image;
        var places = new double[3, 4];
        for (int axis = 0; axis < 3; axis++) places[axis, axis] = image.Size[axis] > 1 && size[axis] > 1 ? (image.Size[axis] - 1.0) / (size[axis] - 1) : 1;
        return Resampler.Resample(image, size, image.Affine.After(Affine.FromRows(places)));
    }
}
