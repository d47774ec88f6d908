namespace HiEndMae.Imaging;

/// <summary>Scales intensities to mean 0 and standard deviation 1, per scan and channel (MONAI NormalizeIntensity with channel_wise).</summary>
public static class IntensityZScore
{
    /// <summary>Returns the volume with each channel normalised.</summary>
    /// <param name="volume">Finite intensities in any unit.</param>
    /// <param name="nonzero">Whether mean and deviation are computed from voxels that are not 0, and only these are changed.</param>
    /// <param name="clip">Results below and above are clipped; null for none.</param>
    /// <returns>A new volume. A constant channel becomes 0.</returns>
    public static Volume<float> Normalise(Volume<float> volume, bool nonzero, (double Low, double High)? clip)
    {
        ArgumentNullException.ThrowIfNull(volume);
        var normalised = new Volume<float>(volume.Channels, volume.Size, volume.Affine, [.. volume.Voxels]);
        for (int channel = 0; channel < volume.Channels; channel++) Normalise(normalised.Channel(channel), nonzero, clip);
        return normalised;
    }

    private static void Normalise(Span<float> voxels, bool nonzero, (double Low, double High)? clip)
    {
        (double mean, double deviation) = Moments(voxels, nonzero);
        float low = (float)(clip?.Low ?? double.NegativeInfinity), high = (float)(clip?.High ?? double.PositiveInfinity);
        for (int i = 0; i < voxels.Length; i++)
        {
            if (nonzero && voxels[i] == 0) continue;
            voxels[i] = Math.Clamp((float)((voxels[i] - mean) / deviation), low, high);
        }
    }

    // Population standard deviation, as in numpy and MONAI. Computed in two passes to avoid cancellation with large means.
    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> voxels, bool nonzero)
    {
        long count = 0;
        double sum = 0, squares = 0;
        foreach (float value in voxels)
        {
            if (nonzero && value == 0) continue;
            count++;
            sum += value;
        }
        if (count == 0) return (0, 1);
        double mean = sum / count;
        foreach (float value in voxels)
        {
            if (!nonzero || value != 0) squares += (value - mean) * (value - mean);
        }
        double deviation = Math.Sqrt(squares / count);
        return (mean, deviation > 0 ? deviation : 1);
    }
}
