namespace HiEndMae.Imaging;

/// <summary>Distance between voxel centres along x, y, z in millimetres.</summary>
public readonly record struct Spacing3(double X, double Y, double Z)
{
    /// <summary>Creates a spacing that is the same along every axis.</summary>
    public static Spacing3 Isotropic(double spacing) => new(spacing, spacing, spacing);

    /// <summary>Spacing along axis 0 (x), 1 (y) or 2 (z), mm.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="axis"/> is not 0, 1 or 2.</exception>
    public double this[int axis] => axis switch
    {
        0 => X,
        1 => Y,
        2 => Z,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{X}x{Y}x{Z} mm");
}
