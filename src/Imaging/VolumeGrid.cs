namespace HiEndMae.Imaging;

/// <summary>The size and position of a volume in space.</summary>
/// <param name="Size">Number of voxels along x, y, z.</param>
/// <param name="Affine">Maps voxel indices to world mm, RAS+.</param>
public readonly record struct VolumeGrid(Size3 Size, Affine Affine)
{
    /// <summary>Returns the grid of the voxels of a box.</summary>
    public VolumeGrid Cut(VoxelBox box)
    {
        (double x, double y, double z) = Affine.Apply(box.X, box.Y, box.Z);
        return new VolumeGrid(box.Size, Affine with { M03 = x, M13 = y, M23 = z });
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Size} voxels of {Affine.Spacing}";
}
