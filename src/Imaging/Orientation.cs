namespace HiEndMae.Imaging;

/// <summary>Turns the axes of a volume to RAS+: x to the right, y to the front, z to the head.</summary>
public static class Orientation
{
    private const int Tile = 64;

    /// <summary>Permutes and flips the axes of a volume to the closest RAS+ orientation, as nibabel's as_closest_canonical. Voxel values do not change.</summary>
    public static Volume<T> ToRas<T>(Volume<T> volume) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        (int[] axes, bool[] flips) = Closest(volume.Affine);
        return Arrange(volume, axes, flips);
    }

    /// <summary>The volume with its axes permuted and flipped so that they run as those of another grid, voxels unchanged.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="like">Affine of the other grid.</param>
    public static Volume<T> ToAxesOf<T>(Volume<T> volume, Affine like) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        (int[] from, bool[] fromFlips) = Closest(volume.Affine);
        (int[] to, bool[] toFlips) = Closest(like);
        var axes = new int[3];
        var flips = new bool[3];
        for (int world = 0; world < 3; world++)
        {
            axes[to[world]] = from[world];
            flips[to[world]] = fromFlips[world] != toFlips[world];
        }
        return Arrange(volume, axes, flips);
    }

    // Axis i of the result is the given axis of the volume, perhaps backwards.
    private static Volume<T> Arrange<T>(Volume<T> volume, int[] axes, bool[] flips) where T : unmanaged
    {
        if (axes is [0, 1, 2] && !flips.Contains(true)) return volume;
        Size3 size = volume.Size;
        var target = new Size3(size[axes[0]], size[axes[1]], size[axes[2]]);
        int[] strides = [size.Y * size.Z, size.Z, 1];
        var voxels = GC.AllocateUninitializedArray<T>(volume.Voxels.Length);
        int sx = Stride(0), sy = Stride(1), sz = Stride(2);
        long origin = Enumerable.Range(0, 3).Sum(axis => flips[axis] ? (long)strides[axes[axis]] * (target[axis] - 1) : 0);
        Parallel.For(0, volume.Channels * target.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, target.X);
            int from = (int)(channel * size.Count + origin) + x * sx, to = plane * target.Y * target.Z;
            // Square tiles avoid a cache miss at every voxel when y and z are exchanged.
            int wide = sz == 1 ? target.Z : Tile;
            for (int tileY = 0; tileY < target.Y; tileY += Tile)
            {
                for (int tileZ = 0; tileZ < target.Z; tileZ += wide)
                    CopyTile(volume.Voxels, voxels, from, to, (tileY, Math.Min(tileY + Tile, target.Y)), (tileZ, Math.Min(tileZ + wide, target.Z)), sy, sz, target.Z);
            }
        });
        return new Volume<T>(volume.Channels, target, Turn(volume.Affine, size, axes, flips), voxels);

        int Stride(int axis) => flips[axis] ? -strides[axes[axis]] : strides[axes[axis]];
    }

    private static void CopyTile<T>(T[] source, T[] target, int from, int to, (int Start, int End) ys, (int Start, int End) zs, int sy, int sz, int lengthZ)
    {
        for (int y = ys.Start; y < ys.End; y++)
        {
            int at = from + y * sy + zs.Start * sz;
            if (sz == 1)
            {
                source.AsSpan(at, zs.End - zs.Start).CopyTo(target.AsSpan(to + y * lengthZ + zs.Start));
                continue;
            }
            foreach (ref T voxel in target.AsSpan(to + y * lengthZ + zs.Start, zs.End - zs.Start))
            {
                voxel = source[at];
                at += sz;
            }
        }
    }

    /// <summary>Finds for each world axis the closest voxel axis, and whether it runs in the opposite direction (nibabel's io_orientation).</summary>
    internal static (int[] Axes, bool[] Flips) Closest(Affine affine)
    {
        Affine rotation = Rotation.Closest(affine);
        int[] axes = [-1, -1, -1];
        // The voxel axis that is best aligned with a world axis is assigned first, so that no voxel axis gets a perpendicular world axis.
        foreach (int axis in Enumerable.Range(0, 3).OrderByDescending(axis => Enumerable.Range(0, 3).Max(world => Math.Abs(rotation[world, axis]))))
        {
            int closest = Enumerable.Range(0, 3).Where(world => axes[world] < 0).MaxBy(world => Math.Abs(rotation[world, axis]));
            axes[closest] = axis;
        }
        return (axes, [.. Enumerable.Range(0, 3).Select(world => rotation[world, axes[world]] < 0)]);
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
