namespace HiEndMae.Imaging;

/// <summary>Computes exact percentiles of intensities and scales scans by them (as MONAI's ScaleIntensityRangePercentiles with clipping to [0, 1]).</summary>
public static class IntensityPercentiles
{
    private const int Half = 16, Buckets = 1 << Half;

    /// <summary>Clips each channel to two of its percentiles and scales it to [0, 1]. The given volume is not changed.</summary>
    /// <param name="volume">Intensities in any unit.</param>
    /// <param name="lower">Percentile that is mapped to 0, from 0 to 100.</param>
    /// <param name="upper">Percentile that is mapped to 1, above <paramref name="lower"/>.</param>
    /// <param name="nonzero">Whether the percentiles are those of the voxels that are not 0.</param>
    /// <returns>A new volume. A channel whose two percentiles are equal, such as an empty one, becomes 0 up to that value and 1 above it.</returns>
    public static Volume<float> Scale(Volume<float> volume, double lower, double upper, bool nonzero = false)
    {
        ArgumentNullException.ThrowIfNull(volume);
        var scaled = new Volume<float>(volume.Channels, volume.Size, volume.Affine, [.. volume.Voxels]);
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            Span<float> voxels = scaled.Channel(channel);
            (double low, double high) = Of(nonzero ? Nonzero(voxels) : voxels, lower, upper);
            IntensityWindow.Apply(voxels, low, Math.Max(high, MathF.BitIncrement((float)low)));
        }
        return scaled;
    }

    /// <summary>Computes two percentiles with linear interpolation between ranks, as numpy does by default.</summary>
    /// <param name="values">At least one value; values that are not finite are ignored.</param>
    /// <param name="lower">0 to 100.</param>
    /// <param name="upper">0 to 100.</param>
    /// <returns>The percentiles, or zeros if no value is finite.</returns>
    public static (double Lower, double Upper) Of(ReadOnlySpan<float> values, double lower, double upper)
    {
        // Two histograms of 16 bits each find a rank exactly, in two passes over the values and without sorting.
        var coarse = new long[Buckets];
        long finite = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) continue;
            coarse[Ordered(value) >> Half]++;
            finite++;
        }
        return finite == 0 ? (0, 0) : (Percentile(values, coarse, finite, lower), Percentile(values, coarse, finite, upper));
    }

    private static float[] Nonzero(ReadOnlySpan<float> voxels)
    {
        var kept = new float[voxels.Length - voxels.Count(0f)];
        int at = 0;
        foreach (float voxel in voxels)
        {
            if (voxel != 0) kept[at++] = voxel;
        }
        return kept;
    }

    private static double Percentile(ReadOnlySpan<float> values, long[] coarse, long finite, double percent)
    {
        double place = percent / 100 * (finite - 1);
        var rank = (long)place;
        double value = AtRank(values, coarse, rank);
        double part = place - rank;
        return part == 0 ? value : value + part * (AtRank(values, coarse, rank + 1) - value);
    }

    private static float AtRank(ReadOnlySpan<float> values, long[] coarse, long rank)
    {
        (int bucket, long left) = Find(coarse, rank);
        var fine = new long[Buckets];
        foreach (float value in values)
        {
            uint key = Ordered(value);
            if (key >> Half == bucket && float.IsFinite(value)) fine[key & (Buckets - 1)]++;
        }
        uint found = ((uint)bucket << Half) | (uint)Find(fine, left).Bucket;
        return BitConverter.UInt32BitsToSingle((found & 0x80000000) != 0 ? found ^ 0x80000000 : ~found);
    }

    private static (int Bucket, long Left) Find(long[] counts, long rank)
    {
        int bucket = 0;
        while (rank >= counts[bucket]) rank -= counts[bucket++];
        return (bucket, rank);
    }

    // Maps floats to unsigned integers with the same order.
    private static uint Ordered(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
    }
}
