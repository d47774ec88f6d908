using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Converts volumes to non-overlapping patches and back.</summary>
public static class Patches
{
    /// <summary>Cuts volumes into patches in x-major order, each flattened as (px, py, pz, channel).</summary>
    /// <param name="volumes">[B, C, X, Y, Z], every edge a multiple of <paramref name="patch"/>.</param>
    /// <param name="patch">P, the edge of a patch in voxels.</param>
    /// <returns>[B, N, P * P * P * C].</returns>
    public static Tensor FromVolumes(Tensor volumes, int patch)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] s = volumes.shape;
        return volumes
            .reshape(s[0], s[1], s[2] / patch, patch, s[3] / patch, patch, s[4] / patch, patch) // [B, C, gx, px, gy, py, gz, pz]
            .permute(0, 2, 4, 6, 3, 5, 7, 1) // [B, gx, gy, gz, px, py, pz, C]
            .reshape(s[0], s[2] / patch * (s[3] / patch) * (s[4] / patch), (long)patch * patch * patch * s[1])
            .MoveToOuterDisposeScope();
    }

    /// <summary>Assembles patches to volumes; the inverse of <see cref="FromVolumes"/>.</summary>
    /// <param name="patches">[B, N, P * P * P * C].</param>
    /// <param name="patch">P.</param>
    /// <param name="gridX">Number of patches along x.</param>
    /// <param name="gridY">Number of patches along y.</param>
    /// <param name="gridZ">Number of patches along z.</param>
    /// <returns>[B, C, X, Y, Z].</returns>
    public static Tensor ToVolumes(Tensor patches, int patch, int gridX, int gridY, int gridZ)
    {
        using DisposeScope scope = NewDisposeScope();
        long channels = patches.shape[2] / ((long)patch * patch * patch);
        return patches
            .reshape(patches.shape[0], gridX, gridY, gridZ, patch, patch, patch, channels)
            .permute(0, 7, 1, 4, 2, 5, 3, 6)
            .reshape(patches.shape[0], channels, gridX * patch, gridY * patch, gridZ * patch)
            .MoveToOuterDisposeScope();
    }
}
