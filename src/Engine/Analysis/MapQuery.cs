using HiEndMae.Imaging;

namespace HiEndMae.Engine.Analysis;

/// <summary>A crop, and the patch in it whose attention is shown.</summary>
/// <param name="Voxel">The requested position, in voxels of the prepared case.</param>
/// <param name="Start">First voxel of the crop; negative if the case is smaller than the crop.</param>
/// <param name="Patch">Index of the patch, in x-major order.</param>
public sealed record MapQuery(Size3 Voxel, Size3 Start, int Patch)
{
    /// <summary>Creates a query at a voxel. The crop is centred on its patch if the case is large enough.</summary>
    /// <param name="voxel">Position in the prepared case.</param>
    /// <param name="size">Voxels of the case.</param>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="patch">Voxels of a patch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The voxel lies outside the case.</exception>
    public static MapQuery At(Size3 voxel, Size3 size, Size3 crop, Size3 patch)
    {
        for (int axis = 0; axis < 3; axis++) ArgumentOutOfRangeException.ThrowIfNotEqual(voxel[axis] >= 0 && voxel[axis] < size[axis], true, nameof(voxel));
        var start = new Size3(First(0), First(1), First(2));
        int index = 0;
        for (int axis = 0; axis < 3; axis++) index = (index * (crop[axis] / patch[axis])) + ((voxel[axis] - start[axis]) / patch[axis]);
        return new MapQuery(voxel, start, index);

        // The voxel is in the centre of the central patch, unless the crop would leave the case. A case that is smaller than the crop is in its centre, as in training.
        int First(int axis) => size[axis] < crop[axis]
            ? (size[axis] - crop[axis]) / 2
            : Math.Clamp(voxel[axis] - (patch[axis] / 2) - (crop[axis] / patch[axis] / 2 * patch[axis]), 0, size[axis] - crop[axis]);
    }

    /// <summary>Creates a query at the patch-sized box with the most voxels of a class. If several boxes have equally many, the one nearest to the centre of gravity of the class is used.</summary>
    /// <param name="labels">Label map of the prepared case.</param>
    /// <param name="label">Class index.</param>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="patch">Voxels of a patch.</param>
    /// <returns>The query; null if the case has no voxel of the class.</returns>
    public static MapQuery? InOrgan(Volume<ushort> labels, int label, Size3 crop, Size3 patch)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Size3 size = labels.Size;
        int[] sums = Sums(labels, label, out (double X, double Y, double Z, int Count) gravity);
        if (gravity.Count == 0) return null;
        var box = new Size3(Math.Min(patch.X, size.X), Math.Min(patch.Y, size.Y), Math.Min(patch.Z, size.Z));
        int strideY = size.Z + 1, strideX = (size.Y + 1) * strideY, most = 0;
        double nearest = double.PositiveInfinity;
        Size3 best = default;
        for (int x = 0; x <= size.X - box.X; x++)
        {
            for (int y = 0; y <= size.Y - box.Y; y++)
            {
                int low = (x * strideX) + (y * strideY), dx = box.X * strideX, dy = box.Y * strideY;
                for (int z = 0; z <= size.Z - box.Z; z++)
                {
                    int a = low + z, b = a + box.Z;
                    int inside = sums[b + dx + dy] - sums[a + dx + dy] - sums[b + dy] + sums[a + dy] - sums[b + dx] + sums[a + dx] + sums[b] - sums[a];
                    if (inside < most || inside == 0) continue;
                    double away = Square(x + (box.X / 2) - gravity.X) + Square(y + (box.Y / 2) - gravity.Y) + Square(z + (box.Z / 2) - gravity.Z);
                    if (inside == most && away >= nearest) continue;
                    (most, nearest, best) = (inside, away, new Size3(x + (box.X / 2), y + (box.Y / 2), z + (box.Z / 2)));
                }
            }
        }
        return At(best, size, crop, patch);

        static double Square(double value) => value * value;
    }

    // A summed-volume table, which is one larger than the volume along each axis.
    private static int[] Sums(Volume<ushort> labels, int label, out (double X, double Y, double Z, int Count) gravity)
    {
        Size3 size = labels.Size;
        int strideY = size.Z + 1, strideX = (size.Y + 1) * strideY, count = 0;
        var sums = new int[checked((size.X + 1) * strideX)];
        double sumX = 0, sumY = 0, sumZ = 0;
        for (int x = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                int row = 0, at = ((x * size.Y) + y) * size.Z, to = ((x + 1) * strideX) + ((y + 1) * strideY) + 1;
                for (int z = 0; z < size.Z; z++, at++, to++)
                {
                    if (labels.Voxels[at] == label)
                    {
                        row++;
                        count++;
                        (sumX, sumY, sumZ) = (sumX + x, sumY + y, sumZ + z);
                    }
                    sums[to] = row + sums[to - strideX] + sums[to - strideY] - sums[to - strideX - strideY];
                }
            }
        }
        gravity = (sumX / Math.Max(1, count), sumY / Math.Max(1, count), sumZ / Math.Max(1, count), count);
        return sums;
    }
}
