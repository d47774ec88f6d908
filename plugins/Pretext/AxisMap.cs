using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Linear maps along the axes of a volume as matrices: smoothing, resizing, and both at once.</summary>
internal static class AxisMap
{
    /// <summary>Gaussian smoothing.</summary>
    /// <param name="length">Voxels along the axis, n.</param>
    /// <param name="deviation">Standard deviation in voxels; 0 for no smoothing.</param>
    /// <param name="mirrored">Whether an axis is mirrored at its ends; otherwise it is 0 beyond them.</param>
    /// <returns>[n, n].</returns>
    public static double[,] Gaussian(int length, double deviation, bool mirrored = true)
    {
        var map = new double[length, length];
        double[] weights = GaussianWindow.Weights(deviation);
        int radius = weights.Length / 2;
        for (int to = 0; to < length; to++)
        {
            for (int i = -radius; i <= radius; i++)
            {
                if (mirrored || (to + i >= 0 && to + i < length)) map[to, GaussianWindow.Mirrored(to + i, length)] += weights[i + radius];
            }
        }
        return map;
    }

    /// <summary>Linear interpolation at the centres of the new voxels. Beyond the first and last centre the value is constant.</summary>
    /// <param name="from">Voxels along the axis.</param>
    /// <param name="to">Voxels after resizing.</param>
    /// <returns>[to, from].</returns>
    public static double[,] Linear(int from, int to)
    {
        var map = new double[to, from];
        for (int i = 0; i < to; i++)
        {
            double at = Math.Clamp(((i + 0.5) * from / to) - 0.5, 0, from - 1);
            int low = Math.Min((int)at, Math.Max(0, from - 2));
            map[i, low] += 1 - (at - low);
            if (from > 1) map[i, low + 1] += at - low;
        }
        return map;
    }

    /// <summary>Resizing as skimage.transform.resize does it: an axis is smoothed before it shrinks.</summary>
    /// <param name="from">Voxels along the axis.</param>
    /// <param name="to">Voxels after resizing.</param>
    /// <returns>[to, from].</returns>
    public static double[,] Resize(int from, int to) => from > to ? Product(Linear(from, to), Gaussian(from, ((double)from / to - 1) / 2)) : Linear(from, to);

    /// <summary>Sums over windows. Beyond its ends an axis is 0.</summary>
    /// <param name="length">Voxels along the axis, n.</param>
    /// <param name="radius">Voxels of a window on either side of its centre.</param>
    /// <returns>[n, n].</returns>
    public static double[,] Window(int length, int radius)
    {
        var map = new double[length, length];
        for (int to = 0; to < length; to++)
        {
            for (int from = Math.Max(0, to - radius); from <= Math.Min(length - 1, to + radius); from++) map[to, from] = 1;
        }
        return map;
    }

    /// <summary>Applies a map to each axis.</summary>
    /// <param name="volume">[C, X, Y, Z].</param>
    /// <param name="x">[X', X].</param>
    /// <param name="y">[Y', Y].</param>
    /// <param name="z">[Z', Z].</param>
    /// <returns>[C, X', Y', Z'].</returns>
    public static Tensor Apply(Tensor volume, double[,] x, double[,] y, double[,] z)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Matrix(double[,] map) => from_array(map).to(volume.dtype).to(volume.device);
        Tensor result = Matrix(y).matmul(volume.matmul(Matrix(z).transpose(0, 1))); // [C, X, Y', Z']
        long[] size = result.shape;
        return Matrix(x).matmul(result.reshape(size[0], size[1], -1)).reshape(size[0], x.GetLength(0), size[2], size[3]).MoveToOuterDisposeScope();
    }

    /// <summary>The product of two matrices.</summary>
    public static double[,] Product(double[,] left, double[,] right)
    {
        var product = new double[left.GetLength(0), right.GetLength(1)];
        for (int i = 0; i < left.GetLength(0); i++)
        {
            for (int j = 0; j < left.GetLength(1); j++)
            {
                if (left[i, j] == 0) continue;
                for (int k = 0; k < right.GetLength(1); k++) product[i, k] += left[i, j] * right[j, k];
            }
        }
        return product;
    }
}
