namespace HiEndMae.Imaging;

/// <summary>Numbers of voxels along x, y, z (right, anterior, superior).</summary>
/// <param name="X">Number of voxels from left to right.</param>
/// <param name="Y">Number of voxels from posterior to anterior.</param>
/// <param name="Z">Number of voxels from inferior to superior.</param>
public readonly record struct Size3(int X, int Y, int Z)
{
    /// <summary>Number of all voxels.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>Creates a size with the same number along every axis.</summary>
    public static Size3 Cube(int edge) => new(edge, edge, edge);

    /// <summary>Number of voxels along axis 0 (x), 1 (y) or 2 (z).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="axis"/> is not 0, 1 or 2.</exception>
    public int this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{X}x{Y}x{Z}");
}
