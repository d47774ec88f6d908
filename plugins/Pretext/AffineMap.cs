using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Linear maps of volumes about their centre: 3 x 3 matrices for offsets (x, y, z) in voxels.</summary>
internal static class AffineMap
{
    /// <summary>Scales the axes. A negative factor flips an axis.</summary>
    public static double[,] Scaling(double x, double y, double z) => new[,] { { x, 0, 0 }, { 0, y, 0 }, { 0, 0, z } };

    /// <summary>Rotates about an axis.</summary>
    /// <param name="axis">0 for x, 1 for y, 2 for z.</param>
    /// <param name="angle">In radians.</param>
    public static double[,] Rotation(int axis, double angle)
    {
        (int one, int other) = ((axis + 1) % 3, (axis + 2) % 3);
        double[,] map = Scaling(1, 1, 1);
        map[one, one] = map[other, other] = Math.Cos(angle);
        map[one, other] = -Math.Sin(angle);
        map[other, one] = Math.Sin(angle);
        return map;
    }

    /// <summary>Reads a volume at mapped places by linear interpolation. Values outside of it are 0.</summary>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="map">Maps the offset of a new voxel to the offset of the position where it is read.</param>
    public static Tensor Resample(Tensor volumes, double[,] map)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = volumes.shape;
        // grid_sample counts axes from the last, and in halves of a side.
        var theta = new double[12];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++) theta[(4 * row) + column] = map[2 - row, 2 - column] * size[4 - column] / size[4 - row];
        }
        Tensor grid = nn.functional.affine_grid(tensor(theta, [1, 3, 4], dtype: volumes.dtype, device: volumes.device).expand(size[0], 3, 4), size, align_corners: false);
        return nn.functional.grid_sample(volumes, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false).MoveToOuterDisposeScope();
    }
}
