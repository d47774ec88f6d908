using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Halving of volumes.</summary>
public static class Pooling
{
    /// <summary>The largest of eight voxels.</summary>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="roundUp">Whether the last voxels of an odd side become one more output voxel; otherwise they are left out.</param>
    public static Tensor Max(Tensor volumes, bool roundUp = false)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.max_pool3d(ChannelsLast.ForConvolution(volumes), [2, 2, 2], [2, 2, 2], ceil_mode: roundUp).MoveToOuterDisposeScope();
    }
}
