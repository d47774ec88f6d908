using System.Numerics;

namespace HiEndMae.Imaging;

/// <summary>The part of a volume in which something is seen (MONAI CropForeground, its select_fn "greater than").</summary>
public static class Foreground
{
    /// <summary>The smallest box that holds every voxel above a value in any channel.</summary>
    /// <param name="volume">Scaled intensities: 0 is what lies at or under the window.</param>
    /// <param name="above">Voxels greater than this count; NaN never does.</param>
    /// <param name="margin">Voxels added on every side, as far as the volume reaches; not negative.</param>
    /// <returns>Null where no voxel is above it.</returns>
    public static VoxelBox? Box(Volume<float> volume, float above = 0, int margin = 0)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentOutOfRangeException.ThrowIfNegative(margin);
        Size3 size = volume.Size;
        int x0 = size.X, x1 = -1, y0 = size.Y, y1 = -1, z0 = size.Z, z1 = -1;
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            ReadOnlySpan<float> voxels = volume.Channel(channel);
            for (int x = 0; x < size.X; x++)
            {
                for (int y = 0; y < size.Y; y++)
                {
                    ReadOnlySpan<float> row = voxels.Slice((x * size.Y + y) * size.Z, size.Z);
                    // Rows within the box so far matter only where they reach beyond it along z.
                    bool isInside = x >= x0 && x <= x1 && y >= y0 && y <= y1;
                    int first = IndexOfAbove(isInside ? row[..z0] : row, above);
                    if (first < 0 && !isInside) continue;
                    if (first >= 0)
                    {
                        (x0, x1, y0, y1) = (Math.Min(x0, x), Math.Max(x1, x), Math.Min(y0, y), Math.Max(y1, y));
                        z0 = Math.Min(z0, first);
                        z1 = Math.Max(z1, first);
                    }
                    int behind = z1 + 1, last = LastIndexOfAbove(row[behind..], above);
                    if (last >= 0) z1 = behind + last;
                }
            }
        }
        if (x1 < 0) return null;
        (x0, y0, z0) = (Math.Max(0, x0 - margin), Math.Max(0, y0 - margin), Math.Max(0, z0 - margin));
        (x1, y1, z1) = (Math.Min(size.X - 1, x1 + margin), Math.Min(size.Y - 1, y1 + margin), Math.Min(size.Z - 1, z1 + margin));
        return new VoxelBox(x0, y0, z0, new Size3(x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1));
    }

    private static int IndexOfAbove(ReadOnlySpan<float> row, float above)
    {
        int at = 0;
        for (; at + Vector<float>.Count <= row.Length; at += Vector<float>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<float>(row[at..]), new Vector<float>(above))) break;
        }
        for (; at < row.Length; at++)
        {
            if (row[at] > above) return at;
        }
        return -1;
    }

    private static int LastIndexOfAbove(ReadOnlySpan<float> row, float above)
    {
        int end = row.Length;
        for (; end >= Vector<float>.Count; end -= Vector<float>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<float>(row[(end - Vector<float>.Count)..]), new Vector<float>(above))) break;
        }
        for (int at = end - 1; at >= 0; at--)
        {
            if (row[at] > above) return at;
        }
        return -1;
    }
}
