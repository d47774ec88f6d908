using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Affine maps and flows as GVSL applies them to volumes.</summary>
/// <remarks>
/// Source: YutingHe-list/GVSL, PyTorch/models/gvsl.py and utils/STN.py. Two peculiarities of the official code are kept, because its weights were trained with them. The coordinates of a flow
/// are scaled as for aligned corners but read as for corners that are not aligned, so a flow of 0 is not the identity. The translation of axis i is divided by the length of side i, but acts on axis 2 - i.
/// </remarks>
internal static class GvslAffine
{
    /// <summary>Builds maps: shear after scaling after rotation about z, y and x.</summary>
    /// <param name="rotation">[B, 3], angles about x, y, z in radians.</param>
    /// <param name="scale">[B, 3].</param>
    /// <param name="translation">[B, 3], in voxels.</param>
    /// <param name="shear">[B, 6], angles xy, xz, yx, yz, zx, zy in radians.</param>
    /// <returns>[B, 3, 4].</returns>
    public static Tensor Matrix(Tensor rotation, Tensor scale, Tensor translation, Tensor shear)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cosine = rotation.cos(), sine = rotation.sin(), tangent = shear.tan(), one = ones_like(cosine.select(1, 0)), zero = zeros_like(one);
        Tensor C(int axis) => cosine.select(1, axis);
        Tensor S(int axis) => sine.select(1, axis);
        Tensor T(int angle) => tangent.select(1, angle);
        Tensor about_x = Rows(one, zero, zero, zero, C(0), -S(0), zero, S(0), C(0));
        Tensor about_y = Rows(C(1), zero, S(1), zero, one, zero, -S(1), zero, C(1));
        Tensor about_z = Rows(C(2), -S(2), zero, S(2), C(2), zero, zero, zero, one);
        Tensor sheared = Rows(one, T(0), T(1), T(2), one, T(3), T(4), T(5), one);
        Tensor map = sheared.matmul(scale.unsqueeze(2) * about_z.matmul(about_y.matmul(about_x)));
        return cat([map, translation.unsqueeze(2)], 2).MoveToOuterDisposeScope();
    }

    /// <summary>Applies affine maps. What lies outside of a volume is 0.</summary>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="matrix">[B, 3, 4].</param>
    public static Tensor Apply(Tensor volumes, Tensor matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = volumes.shape;
        Tensor sides = tensor(new double[] { size[2], size[3], size[4] }, dtype: volumes.dtype, device: volumes.device).reshape(1, 3, 1);
        Tensor theta = cat([matrix.narrow(2, 0, 3), matrix.narrow(2, 3, 1) / sides], 2);
        return nn.functional.grid_sample(volumes, nn.functional.affine_grid(theta, size, align_corners: false), GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false).MoveToOuterDisposeScope();
    }

    /// <summary>Reads volumes at shifted places. What lies outside of a volume is 0.</summary>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="flow">[B, 3, X, Y, Z], shifts along x, y, z in voxels.</param>
    public static Tensor Warp(Tensor volumes, Tensor flow)
    {
        using DisposeScope scope = NewDisposeScope();
        var places = new Tensor[3];
        for (int axis = 0; axis < 3; axis++)
        {
            long side = flow.shape[2 + axis];
            long[] along = [1, 1, 1, 1];
            along[1 + axis] = side;
            Tensor at = arange(side, dtype: flow.dtype, device: flow.device).reshape(along) + flow.select(1, axis); // [B, X, Y, Z]
            places[2 - axis] = 2 * ((at / (side - 1)) - 0.5);
        }
        return nn.functional.grid_sample(volumes, stack(places, 4), GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false).MoveToOuterDisposeScope();
    }

    // [B, 3, 3] from nine numbers of each sample, row by row.
    private static Tensor Rows(params Tensor[] numbers) => stack(numbers, 1).reshape(-1, 3, 3);
}
