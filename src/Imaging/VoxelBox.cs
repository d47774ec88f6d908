namespace HiEndMae.Imaging;

/// <summary>A box of voxels that lies within a grid.</summary>
/// <param name="X">First voxel along x, not negative.</param>
/// <param name="Y">First voxel along y, not negative.</param>
/// <param name="Z">First voxel along z, not negative.</param>
/// <param name="Size">Voxels along x, y, z, each at least 1.</param>
public readonly record struct VoxelBox(int X, int Y, int Z, Size3 Size)
{
    /// <summary>The box that holds every voxel of a grid.</summary>
    public static VoxelBox Whole(Size3 size) => new(0, 0, 0, size);

    /// <summary>First voxel along axis 0 (x), 1 (y) or 2 (z).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="axis"/> is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <summary>Whether the box lies within a grid of the given size.</summary>
    public bool IsWithin(Size3 size) => X >= 0 && Y >= 0 && Z >= 0 && Size.X >= 1 && Size.Y >= 1 && Size.Z >= 1
        && X <= size.X - Size.X && Y <= size.Y - Size.Y && Z <= size.Z - Size.Z;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Size} voxels from ({X}, {Y}, {Z})");
}
