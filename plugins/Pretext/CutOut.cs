using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Cutting boxes out of a volume, and filling them with noise or with another volume's voxels.</summary>
/// <remarks>Source: research-contributions, SwinUNETR/Pretrain/utils/ops.py, patch_rand_drop.</remarks>
internal static class CutOut
{
    /// <summary>Least (inclusive) and largest (exclusive) values of a box's start along x, y, z, then of its edges.</summary>
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

    /// <summary>Boxes drawn until their volumes, overlaps counted twice, reach a random part of the volume.</summary>
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
            // A crop of less than 20 voxels has shortest edges of 0.
            if (block.Volume > 0) blocks.Add(block);
            // Boxes of a side of no more than a few voxels may all be empty: each counts for a voxel, so that drawing ends.
            else total++;
        }
        return blocks;
    }

    /// <summary>How many boxes are drawn before their volumes reach a number of voxels.</summary>
    public static int CountUntil(IReadOnlyList<VoxelBlock> blocks, double voxels)
    {
        double total = 0;
        int count = 0;
        while (count < blocks.Count && total < voxels) total += blocks[count++].Volume;
        return count;
    }

    /// <summary>Fills boxes with normal noise that is shifted and scaled to [0, 1] by its own extremes. A box of one voxel becomes 0; the official code divides by zero there.</summary>
    /// <param name="volume">[C, X, Y, Z], changed in place.</param>
    /// <param name="blocks">One after another, so later ones win.</param>
    /// <param name="normal">So many values of a standard normal distribution.</param>
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

    /// <summary>Fills boxes with the voxels of another volume at the same places.</summary>
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
