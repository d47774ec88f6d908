namespace HiEndMae.Imaging;

/// <summary>Extracts the rotation (or reflection) of an affine.</summary>
internal static class Rotation
{
    /// <summary>Computes the orthogonal matrix closest to the affine's unit directions: the orthogonal factor of the polar decomposition, by Newton's iteration.</summary>
    public static Affine Closest(Affine affine)
    {
        Spacing3 spacing = affine.Spacing;
        Affine q = Columns(affine, 1 / spacing.X, 1 / spacing.Y, 1 / spacing.Z);
        // Converges quadratically: fewer than ten iterations unless the affine is nearly singular.
        for (int round = 0; round < 100; round++)
        {
            Affine inverse = q.Inverse();
            var rows = new double[3, 4];
            double change = 0;
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 3; column++)
                {
                    rows[row, column] = 0.5 * (q[row, column] + inverse[column, row]);
                    change = Math.Max(change, Math.Abs(rows[row, column] - q[row, column]));
                }
            }
            q = Affine.FromRows(rows);
            if (change < 1e-15) break;
        }
        return q;
    }

    /// <summary>Computes the imaginary parts of the unit quaternion of an orthogonal matrix (its real part is at least 0), and whether z had to be mirrored.</summary>
    public static (double B, double C, double D, bool Mirrored) ToQuaternion(Affine q)
    {
        double determinant = q.M00 * (q.M11 * q.M22 - q.M12 * q.M21) - q.M01 * (q.M10 * q.M22 - q.M12 * q.M20) + q.M02 * (q.M10 * q.M21 - q.M11 * q.M20);
        bool mirrored = determinant < 0;
        if (mirrored) q = Columns(q, 1, 1, -1);
        // Each term is four times the square of a component. Dividing by the largest keeps all of them accurate.
        double[] squares = [1 + q.M00 + q.M11 + q.M22, 1 + q.M00 - q.M11 - q.M22, 1 - q.M00 + q.M11 - q.M22, 1 - q.M00 - q.M11 + q.M22];
        int largest = Array.IndexOf(squares, squares.Max());
        double ab = q.M21 - q.M12, ac = q.M02 - q.M20, ad = q.M10 - q.M01, bc = q.M10 + q.M01, bd = q.M02 + q.M20, cd = q.M21 + q.M12;
        double[] products = largest switch
        {
            0 => [squares[0], ab, ac, ad],
            1 => [ab, squares[1], bc, bd],
            2 => [ac, bc, squares[2], cd],
            _ => [ad, bd, cd, squares[3]],
        };
        double scale = Math.CopySign(0.5 / Math.Sqrt(squares[largest]), products[0]);
        return (products[1] * scale, products[2] * scale, products[3] * scale, mirrored);
    }

    private static Affine Columns(Affine m, double x, double y, double z) =>
        new(m.M00 * x, m.M01 * y, m.M02 * z, 0, m.M10 * x, m.M11 * y, m.M12 * z, 0, m.M20 * x, m.M21 * y, m.M22 * z, 0);
}
