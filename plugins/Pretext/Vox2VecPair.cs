using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Two overlapping views of a region, and the voxels that are compared.</summary>
/// <param name="First">Box of the first view in the region.</param>
/// <param name="Second">Box of the second view in the region.</param>
/// <param name="Voxels">Voxels of the region that both views show.</param>
internal sealed record Vox2VecPair(VoxelBlock First, VoxelBlock Second, IReadOnlyList<(int X, int Y, int Z)> Voxels)
{
    private const int MostTries = 20, FewestVoxels = 2;

    /// <summary>Draws a pair. Both views contain a random voxel of the body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="size">Size of the region.</param>
    /// <param name="config">Size of a view, number of voxels.</param>
    /// <param name="random">Random numbers.</param>
    /// <remarks>Views that have fewer than two body voxels in common are drawn again. After 20 tries both views have the same place, and all of their voxels count.</remarks>
    public static Vox2VecPair Draw(Vox2VecBody body, Size3 size, Vox2VecConfig config, ref SplitMix64 random)
    {
        VoxelBlock bounds = Bounds(body.Box, size, config.ViewSize);
        VoxelBlock first = default;
        for (int i = 0; i < MostTries && body.Count > 0; i++)
        {
            (int x, int y, int z) = body.Voxel((long)(random.NextDouble() * body.Count));
            first = View(bounds, config.ViewSize, x, y, z, ref random);
            VoxelBlock second = View(bounds, config.ViewSize, x, y, z, ref random);
            List<(int X, int Y, int Z)> shared = body.Within(Shared(first, second));
            if (shared.Count >= FewestVoxels) return new Vox2VecPair(first, second, Some(shared, config.Voxels, ref random));
        }
        if (body.Count == 0) first = View(bounds, config.ViewSize, (int)bounds.X, (int)bounds.Y, (int)bounds.Z, ref random);
        return new Vox2VecPair(first, first, Some(All(first), config.Voxels, ref random));
    }

    /// <summary>Returns the first and the last start of views that contain an anchor, along one axis.</summary>
    /// <param name="from">First voxel that a view may have.</param>
    /// <param name="end">End of the voxels that a view may have, exclusive.</param>
    /// <param name="side">Side of a view.</param>
    /// <param name="anchor">A voxel from <paramref name="from"/> to <paramref name="end"/>.</param>
    public static (long First, long Last) Starts(long from, long end, long side, long anchor) => (Math.Max(from, anchor - side + 1), Math.Min(anchor, end - side));

    /// <summary>Returns the voxels that two boxes have in common. It may be empty.</summary>
    public static VoxelBlock Shared(VoxelBlock one, VoxelBlock other) => new(
        Math.Max(one.X, other.X), Math.Max(one.Y, other.Y), Math.Max(one.Z, other.Z), Math.Min(one.EndX, other.EndX), Math.Min(one.EndY, other.EndY), Math.Min(one.EndZ, other.EndZ));

    // Views lie within the box of the voxels that are not air. If the box is smaller than a view, it is enlarged within the region.
    private static VoxelBlock Bounds(VoxelBlock box, Size3 size, Size3 view)
    {
        (long x, long endX) = Enlarged(box.X, box.EndX, size.X, view.X);
        (long y, long endY) = Enlarged(box.Y, box.EndY, size.Y, view.Y);
        (long z, long endZ) = Enlarged(box.Z, box.EndZ, size.Z, view.Z);
        return new VoxelBlock(x, y, z, endX, endY, endZ);
    }

    private static (long Start, long End) Enlarged(long start, long end, int size, int side)
    {
        if (end - start >= side) return (start, end);
        long from = Math.Clamp(start - ((side - (end - start)) / 2), 0, size - side);
        return (from, from + side);
    }

    private static VoxelBlock View(VoxelBlock bounds, Size3 side, int anchorX, int anchorY, int anchorZ, ref SplitMix64 random)
    {
        long x = Start(Starts(bounds.X, bounds.EndX, side.X, anchorX), ref random);
        long y = Start(Starts(bounds.Y, bounds.EndY, side.Y, anchorY), ref random);
        long z = Start(Starts(bounds.Z, bounds.EndZ, side.Z, anchorZ), ref random);
        return new VoxelBlock(x, y, z, x + side.X, y + side.Y, z + side.Z);
    }

    private static long Start((long First, long Last) bounds, ref SplitMix64 random) => bounds.First + (long)(random.NextDouble() * Math.Max(1, bounds.Last - bounds.First + 1));

    private static List<(int X, int Y, int Z)> All(VoxelBlock box)
    {
        var voxels = new List<(int, int, int)>();
        for (int x = (int)box.X; x < box.EndX; x++)
        {
            for (int y = (int)box.Y; y < box.EndY; y++)
            {
                for (int z = (int)box.Z; z < box.EndZ; z++) voxels.Add((x, y, z));
            }
        }
        return voxels;
    }

    // Without replacement.
    private static List<(int X, int Y, int Z)> Some(List<(int X, int Y, int Z)> voxels, int count, ref SplitMix64 random)
    {
        if (voxels.Count <= count) return voxels;
        for (int i = 0; i < count; i++)
        {
            int other = i + (int)(random.NextDouble() * (voxels.Count - i));
            (voxels[i], voxels[other]) = (voxels[other], voxels[i]);
        }
        voxels.RemoveRange(count, voxels.Count - count);
        return voxels;
    }
}
