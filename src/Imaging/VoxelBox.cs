namespace HiEndMae.Imaging;

/// <summary>A box of voxels within a grid, or reaching beyond it.</summary>
/// <param name="X">First voxel along x; negative where the box begins before the grid.</param>
/// <param name="Y">First voxel along y.</param>
/// <param name="Z">First voxel along z.</param>
/// <param name="Size">Voxels along x, y, z.</param>
public readonly record struct VoxelBox(int X, int Y, int Z, Size3 Size)
{
    /// <summary>All of a grid.</summary>
    public static VoxelBox Whole(Size3 size) => new(0, 0, 0, size);

    /// <summary>The grid, with as many voxels added on both sides of an axis as it lacks; of an odd number the greater part behind (MONAI SpatialPad).</summary>
    public static VoxelBox PadTo(Size3 size, Size3 atLeast)
    {
        var target = new Size3(Math.Max(size.X, atLeast.X), Math.Max(size.Y, atLeast.Y), Math.Max(size.Z, atLeast.Z));
        return new VoxelBox((size.X - target.X) / 2, (size.Y - target.Y) / 2, (size.Z - target.Z) / 2, target);
    }

    /// <summary>First voxel along axis 0 (x), 1 (y) or 2 (z).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="axis"/> is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>This box, given in voxels of another one, in voxels of what that is a box of.</summary>
    public VoxelBox Within(VoxelBox outer) => new(outer.X + X, outer.Y + Y, outer.Z + Z, Size);

    /// <summary>The box that undoes this one: all of a grid of the given size, in voxels of this box.</summary>
    public VoxelBox Back(Size3 size) => new(-X, -Y, -Z, size);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Size} voxels from ({X}, {Y}, {Z})");
}
