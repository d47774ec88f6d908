namespace HiEndMae.Imaging;

/// <summary>Where the voxels of a volume lie.</summary>
/// <param name="Size">Voxels along x, y, z.</param>
/// <param name="Affine">Voxel index to world mm, RAS+.</param>
public readonly record struct VolumeGrid(Size3 Size, Affine Affine)
{
    /// <summary>The grid of the box's voxels.</summary>
    public VolumeGrid Cut(VoxelBox box)
    {
        (double x, double y, double z) = Affine.Apply(box.X, box.Y, box.Z);
        return new VolumeGrid(box.Size, Affine with { M03 = x, M13 = y, M23 = z });
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Size} voxels of {Affine.Spacing}";
}
