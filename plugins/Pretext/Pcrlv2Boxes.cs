using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The boxes of a sample's views in its region.</summary>
/// <remarks>Source: RL4M/PCRLv2, luna_preprocess.py. Its distance to the border of the scan and its rule for lungs are left out: the region is a crop, and <c>[pretrain.data]</c> says where it lies.</remarks>
/// <param name="First">Box of the first large view.</param>
/// <param name="Second">Box of the second large view.</param>
/// <param name="Local">Boxes of the small views.</param>
internal sealed record Pcrlv2Boxes(VoxelBlock First, VoxelBlock Second, IReadOnlyList<VoxelBlock> Local)
{
    private const int MostDraws = 1000, Margin = 3;

    /// <summary>Draws the boxes.</summary>
    /// <param name="region">Voxels of the region.</param>
    /// <param name="config">Sizes and number of boxes.</param>
    /// <param name="random">Random numbers.</param>
    public static Pcrlv2Boxes Draw(Size3 region, Pcrlv2Config config, ref SplitMix64 random)
    {
        VoxelBlock first = default, second = default;
        bool overlaps = false;
        for (int i = 0; i < MostDraws && !overlaps; i++)
        {
            first = Inside(region, config.GlobalBoxes, ref random);
            second = Inside(region, config.GlobalBoxes, ref random);
            overlaps = Overlap(first, second) > config.MinOverlap;
        }
        if (!overlaps) second = first;
        var local = new VoxelBlock[config.LocalViews];
        for (int i = 0; i < local.Length; i++)
        {
            Size3 size = Any(config.LocalBoxes, ref random);
            long x = Start(Math.Min(first.X, second.X), Math.Max(first.EndX, second.EndX), region.X, ref random);
            long y = Start(Math.Min(first.Y, second.Y), Math.Max(first.EndY, second.EndY), region.Y, ref random);
            long z = Start(Math.Min(first.Z, second.Z), Math.Max(first.EndZ, second.EndZ), region.Z, ref random);
            local[i] = new VoxelBlock(x, y, z, Math.Min(x + size.X, region.X), Math.Min(y + size.Y, region.Y), Math.Min(z + size.Z, region.Z));
        }
        return new Pcrlv2Boxes(first, second, local);
    }

    /// <summary>Volume of the intersection of two boxes, divided by that of their union.</summary>
    public static double Overlap(VoxelBlock one, VoxelBlock other)
    {
        long x = Math.Min(one.EndX, other.EndX) - Math.Max(one.X, other.X), y = Math.Min(one.EndY, other.EndY) - Math.Max(one.Y, other.Y), z = Math.Min(one.EndZ, other.EndZ) - Math.Max(one.Z, other.Z);
        long shared = Math.Max(0, x) * Math.Max(0, y) * Math.Max(0, z);
        return shared / (double)(one.Volume + other.Volume - shared);
    }

    private static VoxelBlock Inside(Size3 region, IReadOnlyList<Size3> sizes, ref SplitMix64 random)
    {
        Size3 size = Any(sizes, ref random);
        long x = Draw(region.X - size.X + 1, ref random), y = Draw(region.Y - size.Y + 1, ref random), z = Draw(region.Z - size.Z + 1, ref random);
        return new VoxelBlock(x, y, z, x + size.X, y + size.Y, z + size.Z);
    }

    private static Size3 Any(IReadOnlyList<Size3> sizes, ref SplitMix64 random) => sizes[(int)Draw(sizes.Count, ref random)];

    private static long Start(long low, long high, int side, ref SplitMix64 random)
    {
        long first = Math.Max(low - Margin, 0), end = Math.Min(high + Margin, side);
        return first + Draw(end - first, ref random);
    }

    private static long Draw(long count, ref SplitMix64 random) => (long)(random.NextDouble() * count);
}
