namespace HiEndMae.Imaging;

/// <summary>Map from voxel indices to world millimetres in RAS+ (the first three rows of a 4x4 matrix, row-major).</summary>
public readonly record struct Affine(
    double M00, double M01, double M02, double M03,
    double M10, double M11, double M12, double M13,
    double M20, double M21, double M22, double M23)
{
    /// <summary>A RAS+ grid of the given spacing whose first voxel lies at the origin.</summary>
    public static Affine FromSpacing(Spacing3 spacing) =>
        new(spacing.X, 0, 0, 0, 0, spacing.Y, 0, 0, 0, 0, spacing.Z, 0);

    /// <summary>Element at <paramref name="row"/> 0..2 and <paramref name="column"/> 0..3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The element lies outside.</exception>
    public double this[int row, int column] => (row * 4 + column) switch
    {
        0 => M00, 1 => M01, 2 => M02, 3 => M03,
        4 => M10, 5 => M11, 6 => M12, 7 => M13,
        8 => M20, 9 => M21, 10 => M22, 11 => M23,
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    /// <summary>Lengths of the three column vectors, mm.</summary>
    public Spacing3 Spacing => new(
        Math.Sqrt(M00 * M00 + M10 * M10 + M20 * M20),
        Math.Sqrt(M01 * M01 + M11 * M11 + M21 * M21),
        Math.Sqrt(M02 * M02 + M12 * M12 + M22 * M22));
}
