namespace HiEndMae.Imaging;

/// <summary>Resamples to the nearest voxel.</summary>
internal static class NearestVoxels
{
    /// <summary>Resamples between grids with parallel axes. A row is computed once and copied for neighbours that are equal.</summary>
    public static void Fill<T>(Volume<T> volume, Volume<T> target, AxisPositions[] axes) where T : unmanaged
    {
        Size3 from = volume.Size, to = target.Size;
        int[] strides = [from.Y * from.Z, from.Z, 1];
        int[][] offsets = [.. axes.Select(axis => axis.Nearest.Select(index => index * strides[axis.Partner]).ToArray())];
        int chunks = Math.Clamp(Environment.ProcessorCount, 1, to.X);
        Parallel.For(0, volume.Channels * chunks, part =>
        {
            (int channel, int chunk) = Math.DivRem(part, chunks);
            int first = (int)((long)to.X * chunk / chunks), end = (int)((long)to.X * (chunk + 1) / chunks), plane = to.Y * to.Z;
            ReadOnlySpan<T> source = volume.Channel(channel);
            Span<T> result = target.Channel(channel);
            for (int x = first; x < end; x++)
            {
                Span<T> filled = result.Slice(x * plane, plane);
                if (x > first && offsets[0][x] == offsets[0][x - 1]) result.Slice((x - 1) * plane, plane).CopyTo(filled);
                else FillPlane(source[offsets[0][x]..], filled, offsets[1], offsets[2]);
            }
        });
    }

    private static void FillPlane<T>(ReadOnlySpan<T> source, Span<T> plane, int[] alongY, int[] alongZ) where T : unmanaged
    {
        for (int y = 0; y < alongY.Length; y++)
        {
            Span<T> row = plane.Slice(y * alongZ.Length, alongZ.Length);
            if (y > 0 && alongY[y] == alongY[y - 1])
            {
                plane.Slice((y - 1) * alongZ.Length, alongZ.Length).CopyTo(row);
                continue;
            }
            ReadOnlySpan<T> line = source[alongY[y]..];
            for (int z = 0; z < row.Length; z++) row[z] = line[alongZ[z]];
        }
    }

    /// <summary>Resamples between any two grids.</summary>
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
