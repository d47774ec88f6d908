using System.Numerics;

namespace HiEndMae.Imaging;

/// <summary>Finds the foreground of a volume, as MONAI's CropForeground does with select_fn = "greater than zero" and no margin.</summary>
public static class Foreground
{
    /// <summary>The smallest box that holds every voxel above zero of any channel. NaN does not count.</summary>
    /// <param name="volume">Intensities.</param>
    /// <param name="countNegative">Whether voxels below zero are foreground too.</param>
    /// <returns>Null where there is no foreground.</returns>
    public static VoxelBox? Box(Volume<float> volume, bool countNegative = false)
    {
        ArgumentNullException.ThrowIfNull(volume);
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
                    // A row inside the current box can only extend the box along z.
                    bool isInside = x >= x0 && x <= x1 && y >= y0 && y <= y1;
                    int first = First(isInside ? row[..z0] : row, countNegative);
                    if (first < 0 && !isInside) continue;
                    if (first >= 0)
                    {
                        (x0, x1, y0, y1) = (Math.Min(x0, x), Math.Max(x1, x), Math.Min(y0, y), Math.Max(y1, y));
                        z0 = Math.Min(z0, first);
                        z1 = Math.Max(z1, first);
                    }
                    int behind = z1 + 1, last = Last(row[behind..], countNegative);
                    if (last >= 0) z1 = behind + last;
                }
            }
        }
        if (x1 < 0) return null;
        return new VoxelBox(x0, y0, z0, new Size3(x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1));
    }

    private static int First(ReadOnlySpan<float> row, bool countNegative)
    {
        int at = 0;
        for (; at + Vector<float>.Count <= row.Length; at += Vector<float>.Count)
        {
            if (Any(new Vector<float>(row[at..]), countNegative)) break;
        }
        for (; at < row.Length; at++)
        {
            if (row[at] > 0 || (countNegative && row[at] < 0)) return at;
        }
        return -1;
    }

    private static int Last(ReadOnlySpan<float> row, bool countNegative)
    {
        int end = row.Length;
        for (; end >= Vector<float>.Count; end -= Vector<float>.Count)
        {
            if (Any(new Vector<float>(row[(end - Vector<float>.Count)..]), countNegative)) break;
        }
        for (int at = end - 1; at >= 0; at--)
        {
            if (row[at] > 0 || (countNegative && row[at] < 0)) return at;
        }
        return -1;
    }

    private static bool Any(Vector<float> values, bool countNegative) =>
        Vector.GreaterThanAny(values, Vector<float>.Zero) || (countNegative && Vector.LessThanAny(values, Vector<float>.Zero));
}
