namespace HiEndMae.Imaging;

/// <summary>Resampling to the nearest voxel.</summary>
internal static class NearestVoxels
{
    /// <summary>Between grids of parallel axes.</summary>
    public static void Fill<T>(Volume<T> volume, Volume<T> target, AxisPositions[] axes) where T : unmanaged
    {
        Size3 from = volume.Size, to = target.Size;
        int[] strides = [from.Y * from.Z, from.Z, 1];
        int[][] offsets = [.. axes.Select(axis => axis.Nearest.Select(index => index * strides[axis.Partner]).ToArray())];
        Parallel.For(0, volume.Channels * to.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<T> source = volume.Channel(channel);
            Span<T> result = target.Channel(channel).Slice(x * to.Y * to.Z, to.Y * to.Z);
            int[] along = offsets[2];
            int at = 0;
            foreach (int y in offsets[1])
            {
                int row = offsets[0][x] + y;
                foreach (int z in along) result[at++] = source[row + z];
            }
        });
    }

    /// <summary>Between any two grids.</summary>
    public static void Fill<T>(Volume<T> volume, Volume<T> target, Affine toSource) where T : unmanaged
    {
        Size3 from = volume.Size, to = target.Size;
        Parallel.For(0, volume.Channels * to.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<T> source = volume.Channel(channel);
            Span<T> result = target.Channel(channel).Slice(x * to.Y * to.Z, to.Y * to.Z);
            int at = 0;
            for (int y = 0; y < to.Y; y++)
            {
                (double u, double v, double w) = toSource.Apply(x, y, 0);
                for (int z = 0; z < to.Z; z++)
                {
                    int sx = Nearest(u + toSource.M02 * z, from.X), sy = Nearest(v + toSource.M12 * z, from.Y), sz = Nearest(w + toSource.M22 * z, from.Z);
                    result[at++] = source[(sx * from.Y + sy) * from.Z + sz];
                }
            }
        });
    }

    private static int Nearest(double position, int size) => (int)Math.Round(Math.Clamp(position, 0, size - 1), MidpointRounding.ToEven);
}
