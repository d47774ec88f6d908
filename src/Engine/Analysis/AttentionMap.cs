using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Attention over patches as a volume.</summary>
public static class AttentionMap
{
    /// <summary>Interpolates maps from patches to voxels: trilinear, corners not aligned.</summary>
    /// <param name="maps">[..., N], patches in x-major order.</param>
    /// <param name="grid">Patches along x, y, z.</param>
    /// <param name="crop">Voxels along x, y, z.</param>
    /// <returns>[..., X, Y, Z].</returns>
    public static Tensor Volume(Tensor maps, Size3 grid, Size3 crop)
    {
        ArgumentNullException.ThrowIfNull(maps);
        using DisposeScope scope = NewDisposeScope();
        long[] leading = maps.shape[..^1];
        Tensor volumes = nn.functional.interpolate(maps.reshape(-1, 1, grid.X, grid.Y, grid.Z), [crop.X, crop.Y, crop.Z], mode: InterpolationMode.Trilinear, align_corners: false);
        return volumes.reshape([.. leading, crop.X, crop.Y, crop.Z]).MoveToOuterDisposeScope();
    }

    /// <summary>Scales each map so that its minimum is 0 and its maximum 1. A constant map becomes 0.</summary>
    /// <param name="volumes">[..., X, Y, Z].</param>
    public static Tensor Scaled(Tensor volumes)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        using DisposeScope scope = NewDisposeScope();
        Tensor low = volumes.amin([-3, -2, -1], keepdim: true), high = volumes.amax([-3, -2, -1], keepdim: true);
        Tensor range = high - low;
        return where(range > 0, (volumes - low) / range, zeros_like(volumes)).MoveToOuterDisposeScope();
    }
}
