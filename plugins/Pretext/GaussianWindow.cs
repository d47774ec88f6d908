namespace HiEndMae.Plugins.Pretext;

/// <summary>Code that Gaussian filters share: weights and mirrored ends, as in scipy.ndimage (truncate 4, mode reflect).</summary>
internal static class GaussianWindow
{
    private const double Truncate = 4;

    /// <summary>Weights of a filter, which sum to 1. The middle one belongs to the voxel itself.</summary>
    /// <param name="deviation">Standard deviation in voxels; 0 for a single weight.</param>
    /// <returns>An odd number of weights.</returns>
    public static double[] Weights(double deviation)
    {
        if (deviation == 0) return [1];
        int radius = (int)((Truncate * deviation) + 0.5);
        double[] weights = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(offset => Math.Exp(-0.5 * offset * offset / (deviation * deviation)))];
        double sum = weights.Sum();
        for (int i = 0; i < weights.Length; i++) weights[i] /= sum;
        return weights;
    }

    /// <summary>Maps a position outside of an axis to the mirrored position inside: d c b a | a b c d | d c b a.</summary>
    /// <param name="place">Any position, counted from 0 at the first voxel of the axis.</param>
    /// <param name="length">Voxels along the axis.</param>
    public static int Mirrored(int place, int length)
    {
        int period = 2 * length, within = ((place % period) + period) % period;
        return within < length ? within : period - 1 - within;
    }
}
