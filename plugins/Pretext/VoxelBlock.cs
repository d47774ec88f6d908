using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A box of voxels of a volume [C, X, Y, Z]: first voxel and end (exclusive) along each axis.</summary>
internal readonly record struct VoxelBlock(long X, long Y, long Z, long EndX, long EndY, long EndZ)
{
    /// <summary>Number of voxels.</summary>
    public long Volume => (EndX - X) * (EndY - Y) * (EndZ - Z);

    /// <summary>Returns a view of the box in a volume: [C, x, y, z].</summary>
    public Tensor In(Tensor volume) => volume.narrow(1, X, EndX - X).narrow(2, Y, EndY - Y).narrow(3, Z, EndZ - Z);
}
