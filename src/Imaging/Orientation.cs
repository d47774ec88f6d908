namespace HiEndMae.Imaging;

/// <summary>Axes of a volume brought to RAS+: x to the right, y to the front, z to the head.</summary>
public static class Orientation
{
    /// <summary>The volume with its axes permuted and flipped to the closest RAS+ orientation, voxels unchanged, as nibabel's as_closest_canonical.</summary>
    public static Volume<T> ToRas<T>(Volume<T> volume) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        (int[] axes, bool[] flips) = Closest(volume.Affine);
        if (axes is [0, 1, 2] && !flips.Contains(true)) return volume;
        Size3 size = volume.Size;
        var target = new Size3(size[axes[0]], size[axes[1]], size[axes[2]]);
        int[] strides = [size.Y * size.Z, size.Z, 1];
        var voxels = new T[volume.Voxels.Length];
        int sx = Stride(0), sy = Stride(1), sz = Stride(2);
        long origin = Enumerable.Range(0, 3).Sum(axis => flips[axis] ? (long)strides[axes[axis]] * (target[axis] - 1) : 0);
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            long from = channel * size.Count + origin, to = channel * size.Count;
            Parallel.For(0, target.X, x =>
            {
                long at = to + (long)x * target.Y * target.Z;
                for (int y = 0; y < target.Y; y++)
                {
                    long source = from + (long)x * sx + (long)y * sy;
                    for (int z = 0; z < target.Z; z++, source += sz) voxels[at++] = volume.Voxels[source];
                }
            });
        }
        return new Volume<T>(volume.Channels, target, Turn(volume.Affine, size, axes, flips), voxels);

        int Stride(int axis) => flips[axis] ? -strides[axes[axis]] : strides[axes[axis]];
    }

    /// <summary>For each world axis the voxel axis closest to it, and whether that runs backwards.</summary>
    internal static (int[] Axes, bool[] Flips) Closest(Affine affine)
    {
        Spacing3 spacing = affine.Spacing;
        int[] axes = [0, 1, 2];
        double best = double.NegativeInfinity;
        // Of the six ways to pair axes the one whose directions agree most; a greedy choice can leave an impossible pair for the last axis.
        foreach (int[] candidate in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            double agreement = Enumerable.Range(0, 3).Sum(world => Math.Abs(affine[world, candidate[world]]) / Math.Max(spacing[candidate[world]], double.Epsilon));
            if (agreement <= best + 1e-9) continue;
            best = agreement;
            axes = candidate;
        }
        return (axes, [.. Enumerable.Range(0, 3).Select(world => affine[world, axes[world]] < 0)]);
    }

    private static Affine Turn(Affine affine, Size3 size, int[] axes, bool[] flips)
    {
        var rows = new double[3, 4];
        for (int row = 0; row < 3; row++)
        {
            rows[row, 3] = affine[row, 3];
            for (int axis = 0; axis < 3; axis++)
            {
                double value = affine[row, axes[axis]];
                rows[row, axis] = flips[axis] ? -value : value;
                if (flips[axis]) rows[row, 3] += value * (size[axes[axis]] - 1);
            }
        }
        return Affine.FromRows(rows);
    }
}
