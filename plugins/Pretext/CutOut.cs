using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Replaces random boxes of a volume with noise or with voxels of another volume.</summary>
/// <remarks>Source: research-contributions, SwinUNETR/Pretrain/utils/ops.py, patch_rand_drop.</remarks>
internal static class CutOut
{
    /// <summary>Smallest (inclusive) and largest (exclusive) start of a box along x, y and z, and then of its edge lengths.</summary>
    public static (long Low, long High)[] Bounds(ReadOnlySpan<long> sides, SupConfig config)
    {
        var bounds = new (long, long)[6];
        for (int axis = 0; axis < 3; axis++)
        {
            long shortest = (long)(config.ShortestCut * sides[axis]), longest = (long)(config.LongestCut * sides[axis]);
            bounds[axis] = (0, sides[axis] - shortest);
            bounds[3 + axis] = (shortest, Math.Max(longest, shortest + 1));
        }
        return bounds;
    }

    /// <summary>Draws boxes until the sum of their volumes reaches a random fraction of the volume. Overlaps count twice.</summary>
    public static List<VoxelBlock> Draw(ReadOnlySpan<long> sides, SupConfig config, ref SplitMix64 random)
    {
        double wanted = random.NextDouble() * config.CutOutFraction * sides[0] * sides[1] * sides[2], total = 0;
        (long Low, long High)[] bounds = Bounds(sides, config);
        var blocks = new List<VoxelBlock>();
        Span<long> drawn = stackalloc long[6];
        while (total < wanted)
        {
            for (int i = 0; i < drawn.Length; i++) drawn[i] = bounds[i].Low + (long)(random.NextDouble() * (bounds[i].High - bounds[i].Low));
            var block = new VoxelBlock(drawn[0], drawn[1], drawn[2], Math.Min(drawn[0] + drawn[3], sides[0]), Math.Min(drawn[1] + drawn[4], sides[1]), Math.Min(drawn[2] + drawn[5], sides[2]));
            total += block.Volume;
            // The shortest edge is 0 for crops of less than 20 voxels.
            if (block.Volume > 0) blocks.Add(block);
            // In small crops all boxes may be empty. Each counts as at least one voxel, so that the loop ends.
            else total++;
        }
        return blocks;
    }

    /// <summary>Returns how many boxes are needed until their volumes reach a number of voxels.</summary>
    public static int CountUntil(IReadOnlyList<VoxelBlock> blocks, double voxels)
    {
        double total = 0;
        int count = 0;
        while (count < blocks.Count && total < voxels) total += blocks[count++].Volume;
        return count;
    }

    /// <summary>Fills boxes with normal noise, scaled to [0, 1] by its minimum and maximum. A box of one voxel becomes 0; the official code divides by zero there.</summary>
    /// <param name="volume">[C, X, Y, Z], changed in place.</param>
    /// <param name="blocks">The boxes. A later box overwrites an earlier one.</param>
    /// <param name="normal">Values of a standard normal distribution, one per voxel.</param>
    public static void Noise(Tensor volume, IEnumerable<VoxelBlock> blocks, Func<long, Tensor> normal)
    {
        using IDisposable noGrad = no_grad();
        foreach (VoxelBlock block in blocks)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor target = block.In(volume), noise = normal(target.numel()), least = noise.min();
            Tensor span = (noise.max() - least).clamp_min(float.Epsilon);
            target.copy_(((noise - least) / span).reshape(target.shape));
        }
    }

    /// <summary>Fills boxes with the voxels of another volume at the same positions.</summary>
    public static void Swap(Tensor volume, Tensor other, IEnumerable<VoxelBlock> blocks)
    {
        using IDisposable noGrad = no_grad();
        foreach (VoxelBlock block in blocks)
        {
            using DisposeScope scope = NewDisposeScope();
            block.In(volume).copy_(block.In(other));
        }
    }
}
