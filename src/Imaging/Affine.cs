namespace HiEndMae.Imaging;

/// <summary>Maps voxel indices to world coordinates in millimetres, RAS+: the first three rows of a 4x4 matrix, row-major.</summary>
public readonly record struct Affine(
    double M00, double M01, double M02, double M03,
    double M10, double M11, double M12, double M13,
    double M20, double M21, double M22, double M23)
{
    /// <summary>Creates the affine of a RAS+ grid with the given spacing whose first voxel is at the origin.</summary>
    public static Affine FromSpacing(Spacing3 spacing) =>
        new(spacing.X, 0, 0, 0, 0, spacing.Y, 0, 0, 0, 0, spacing.Z, 0);

    /// <summary>Element at <paramref name="row"/> 0..2 and <paramref name="column"/> 0..3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public double this[int row, int column] => (row * 4 + column) switch
    {
        0 => M00, 1 => M01, 2 => M02, 3 => M03,
        4 => M10, 5 => M11, 6 => M12, 7 => M13,
        8 => M20, 9 => M21, 10 => M22, 11 => M23,
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };

    /// <summary>Creates an affine from the first three rows of a matrix.</summary>
    /// <param name="rows">[3, 4] at least.</param>
    public static Affine FromRows(double[,] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new(
            rows[0, 0], rows[0, 1], rows[0, 2], rows[0, 3], rows[1, 0], rows[1, 1], rows[1, 2], rows[1, 3], rows[2, 0], rows[2, 1], rows[2, 2], rows[2, 3]);
    }

    /// <summary>Returns the world position of a voxel in mm.</summary>
    public (double X, double Y, double Z) Apply(double x, double y, double z) => (
        M00 * x + M01 * y + M02 * z + M03, M10 * x + M11 * y + M12 * z + M13, M20 * x + M21 * y + M22 * z + M23);

    /// <summary>Whether the affine has an inverse: every element is finite, and the three directions are linearly independent.</summary>
    public bool IsInvertible
    {
        get
        {
            Spacing3 spacing = Spacing;
            double volume = spacing.X * spacing.Y * spacing.Z;
            // The volume of a voxel is compared with that of a box with the same edges, so that small voxels are not taken for flat ones.
            return double.IsFinite(volume + M03 + M13 + M23) && volume > 0 && Math.Abs(Determinant) > 1e-6 * volume;
        }
    }

    private double Determinant => M00 * (M11 * M22 - M12 * M21) + M01 * (M12 * M20 - M10 * M22) + M02 * (M10 * M21 - M11 * M20);

    /// <summary>Returns the inverse map, from world mm to voxel indices.</summary>
    /// <exception cref="InvalidOperationException">The three directions are linearly dependent.</exception>
    public Affine Inverse()
    {
        if (!IsInvertible) throw new InvalidOperationException("The affine has no inverse.");
        double c00 = M11 * M22 - M12 * M21, c01 = M12 * M20 - M10 * M22, c02 = M10 * M21 - M11 * M20;
        double r = 1 / Determinant;
        double i00 = c00 * r, i01 = (M02 * M21 - M01 * M22) * r, i02 = (M01 * M12 - M02 * M11) * r;
        double i10 = c01 * r, i11 = (M00 * M22 - M02 * M20) * r, i12 = (M02 * M10 - M00 * M12) * r;
        double i20 = c02 * r, i21 = (M01 * M20 - M00 * M21) * r, i22 = (M00 * M11 - M01 * M10) * r;
        return new(
            i00, i01, i02, -(i00 * M03 + i01 * M13 + i02 * M23),
            i10, i11, i12, -(i10 * M03 + i11 * M13 + i12 * M23),
            i20, i21, i22, -(i20 * M03 + i21 * M13 + i22 * M23));
    }

    /// <summary>Returns the composition that applies another map first and then this one.</summary>
    public Affine After(Affine first)
    {
        var rows = new double[3, 4];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 4; column++)
                rows[row, column] = this[row, 0] * first[0, column] + this[row, 1] * first[1, column] + this[row, 2] * first[2, column] + (column == 3 ? this[row, 3] : 0);
        }
        return FromRows(rows);
    }

    /// <summary>Whether all elements of two maps agree within a tolerance.</summary>
    public bool IsCloseTo(Affine other, double tolerance)
    {
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                if (Math.Abs(this[row, column] - other[row, column]) > tolerance) return false;
            }
        }
        return true;
    }

    /// <summary>The lengths of the three column vectors in mm.</summary>
    public Spacing3 Spacing => new(
        Math.Sqrt(M00 * M00 + M10 * M10 + M20 * M20),
        Math.Sqrt(M01 * M01 + M11 * M11 + M21 * M21),
        Math.Sqrt(M02 * M02 + M12 * M12 + M22 * M22));
}
