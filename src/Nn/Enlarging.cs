using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Enlarging of maps to a finer grid.</summary>
public static class Enlarging
{
    /// <summary>Repeats each voxel by a whole factor along each axis, and cuts off voxels beyond the finer grid.</summary>
    /// <param name="map">[B, C, x, y, z].</param>
    /// <param name="fine">[B, C', X, Y, Z]: sizes of the finer grid; x is X / factor rounded up.</param>
    /// <returns>[B, C, X, Y, Z].</returns>
    public static Tensor Nearest(Tensor map, long[] fine)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(fine);
        using DisposeScope scope = NewDisposeScope();
        double[] factors = [.. Enumerable.Range(2, 3).Select(axis => (double)((fine[axis] + map.shape[axis] - 1) / map.shape[axis]))];
        Tensor large = factors.All(factor => factor == 1)
            ? map.alias()
            : nn.functional.interpolate(ChannelsLast.ForConvolution(map), scale_factor: factors, mode: InterpolationMode.Nearest);
        return large.narrow(2, 0, fine[2]).narrow(3, 0, fine[3]).narrow(4, 0, fine[4]).MoveToOuterDisposeScope();
    }
}
