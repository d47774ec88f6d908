namespace HiEndMae.Imaging;

/// <summary>Computes the grid after a change of spacing, as zoom_affine and compute_shape_offset of MONAI 1.2.</summary>
internal static class SpacingGrid
{
    private const double CornerTolerance = 1e-8; // numpy.allclose against zero
    private const double MostVoxels = 1 << 24; // along an axis

    /// <summary>Returns a grid with orthogonal axes and the new spacing that covers the old one from corner to corner.</summary>
    public static (Size3 Size, Affine Affine) Of(Size3 size, Affine affine, Spacing3 spacing)
    {
        double[,] rows = Axes(affine, spacing);
        Affine toNew = Affine.FromRows(rows).Inverse().After(affine);
        (double X, double Y, double Z)[] corners = [.. from x in (int[])[0, size.X - 1] from y in (int[])[0, size.Y - 1] from z in (int[])[0, size.Z - 1] select toNew.Apply(x, y, z)];
        var low = (X: corners.Min(corner => corner.X), Y: corners.Min(corner => corner.Y), Z: corners.Min(corner => corner.Z));
        var target = new Size3(Length(corners.Max(corner => corner.X) - low.X), Length(corners.Max(corner => corner.Y) - low.Y), Length(corners.Max(corner => corner.Z) - low.Z));
        // If one corner comes first along every new axis, the grid begins there. An oblique grid has no such corner and keeps the centre instead.
        int first = Array.FindIndex(corners, corner => Math.Abs(corner.X - low.X) + Math.Abs(corner.Y - low.Y) + Math.Abs(corner.Z - low.Z) < CornerTolerance);
        (double X, double Y, double Z) origin;
        if (first >= 0)
        {
            origin = affine.Apply(first / 4 * (size.X - 1), first / 2 % 2 * (size.Y - 1), first % 2 * (size.Z - 1));
        }
        else
        {
            (double X, double Y, double Z) middle = affine.Apply(size.X / 2.0, size.Y / 2.0, size.Z / 2.0);
            (double X, double Y, double Z) half = Affine.FromRows(rows).Apply(target.X / 2.0, target.Y / 2.0, target.Z / 2.0);
            origin = (middle.X - half.X, middle.Y - half.Y, middle.Z - half.Z);
        }
        (rows[0, 3], rows[1, 3], rows[2, 3]) = origin;
        return (target, Affine.FromRows(rows));

        int Length(double extent) => extent < MostVoxels
            ? Math.Max(1, (int)Math.Round(extent + 1, MidpointRounding.ToEven))
            : throw new VolumeException($"A volume of {size} voxels of {affine.Spacing} cannot be resampled to {spacing}, because it would be too large; choose a larger spacing.");
    }

    // Gram-Schmidt on the columns, which equals the Cholesky factor of their products. Shear is left out.
    private static double[,] Axes(Affine affine, Spacing3 spacing)
    {
        var rows = new double[3, 4];
        for (int axis = 0; axis < 3; axis++)
        {
            double[] direction = [affine[0, axis], affine[1, axis], affine[2, axis]];
            for (int earlier = 0; earlier < axis; earlier++)
            {
                double along = Enumerable.Range(0, 3).Sum(row => direction[row] * rows[row, earlier]) / (spacing[earlier] * spacing[earlier]);
                for (int row = 0; row < 3; row++) direction[row] -= along * rows[row, earlier];
            }
            double length = Math.Sqrt(direction.Sum(value => value * value));
            for (int row = 0; row < 3; row++) rows[row, axis] = direction[row] / length * spacing[axis];
        }
        return rows;
    }
}
