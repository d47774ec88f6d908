namespace HiEndMae.Imaging;

/// <summary>Resamples trilinearly between any two grids.</summary>
internal static class TrilinearVoxels
{
    public static void Fill(Volume<float> volume, Volume<float> target, Affine toSource)
    {
        Size3 from = volume.Size, to = target.Size;
        Parallel.For(0, volume.Channels * to.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<float> source = volume.Channel(channel);
            Span<float> result = target.Channel(channel).Slice(x * to.Y * to.Z, to.Y * to.Z);
            int at = 0;
            for (int y = 0; y < to.Y; y++)
            {
                (double u, double v, double w) = toSource.Apply(x, y, 0);
                for (int z = 0; z < to.Z; z++)
                {
                    (int x0, int x1, double fx) = Neighbours(u + toSource.M02 * z, from.X);
                    (int y0, int y1, double fy) = Neighbours(v + toSource.M12 * z, from.Y);
                    (int z0, int z1, double fz) = Neighbours(w + toSource.M22 * z, from.Z);
                    double near = Bilinear(source, from, x0, y0, y1, z0, z1, fy, fz), far = Bilinear(source, from, x1, y0, y1, z0, z1, fy, fz);
                    result[at++] = (float)(near + (far - near) * fx);
                }
            }
        });
    }

    private static (int Low, int High, double Fraction) Neighbours(double position, int size)
    {
        double inside = Math.Clamp(position, 0, size - 1);
        int low = (int)inside;
        return (low, Math.Min(low + 1, size - 1), inside - low);
    }

    private static double Bilinear(ReadOnlySpan<float> source, Size3 size, int x, int y0, int y1, int z0, int z1, double fy, double fz)
    {
        int near = (x * size.Y + y0) * size.Z, far = (x * size.Y + y1) * size.Z;
        double a = source[near + z0] + ((double)source[near + z1] - source[near + z0]) * fz;
        double b = source[far + z0] + ((double)source[far + z1] - source[far + z0]) * fz;
        return a + (b - a) * fy;
    }
}
