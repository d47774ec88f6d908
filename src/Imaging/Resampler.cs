namespace HiEndMae.Imaging;

/// <summary>Volumes on another grid, with the conventions of MONAI 1.2 (Spacing, border padding, no corner alignment).</summary>
public static class Resampler
{
    private const double SameGridTolerance = 1e-6;
    private const double CornerTolerance = 1e-8; // numpy.allclose against zero

    /// <summary>The volume on axes of its own direction with another spacing, trilinear. A spacing that it has already gives it back.</summary>
    public static Volume<float> Resample(Volume<float> volume, Spacing3 spacing)
    {
        ArgumentNullException.ThrowIfNull(volume);
        (Size3 size, Affine affine) = Grid(volume.Size, volume.Affine, spacing);
        return Resample(volume, size, affine);
    }

    /// <summary>The label map on axes of its own direction with another spacing, nearest voxel.</summary>
    public static Volume<ushort> ResampleNearest(Volume<ushort> volume, Spacing3 spacing)
    {
        ArgumentNullException.ThrowIfNull(volume);
        (Size3 size, Affine affine) = Grid(volume.Size, volume.Affine, spacing);
        return ResampleNearest(volume, size, affine);
    }

    /// <summary>The volume on a given grid, trilinear; beyond its border the border's values.</summary>
    public static Volume<float> Resample(Volume<float> volume, Size3 size, Affine affine) => Sample<float, Trilinear>(volume, size, affine);

    /// <summary>The label map on a given grid, nearest voxel, halves to the even index as libtorch rounds.</summary>
    public static Volume<ushort> ResampleNearest(Volume<ushort> volume, Size3 size, Affine affine) => Sample<ushort, NearestVoxel>(volume, size, affine);

    // The sampler is a struct: its call is inlined into the loop.
    private static Volume<T> Sample<T, TSampler>(Volume<T> volume, Size3 size, Affine affine)
        where T : unmanaged
        where TSampler : struct, ISampler<T>
    {
        ArgumentNullException.ThrowIfNull(volume);
        if (size == volume.Size && volume.Affine.IsCloseTo(affine, SameGridTolerance)) return volume;
        Affine map = volume.Affine.Inverse().After(affine);
        var target = new T[checked(volume.Channels * size.Count)];
        Size3 from = volume.Size;
        Parallel.For(0, volume.Channels * size.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, size.X);
            ReadOnlySpan<T> source = volume.Channel(channel);
            int at = checked((int)((channel * size.Count) + (long)x * size.Y * size.Z));
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++)
                {
                    (double u, double v, double w) = map.Apply(x, y, z);
                    target[at++] = TSampler.At(source, from, u, v, w);
                }
            }
        });
        return new Volume<T>(volume.Channels, size, affine, target);
    }

    // MONAI's zoom_affine and compute_shape_offset: orthogonal axes of the new spacing that reach from corner to corner.
    internal static (Size3 Size, Affine Affine) Grid(Size3 size, Affine affine, Spacing3 spacing)
    {
        double[,] rows = Axes(affine, spacing);
        Affine toNew = Affine.FromRows(rows).Inverse().After(affine);
        (double X, double Y, double Z)[] corners = [.. from x in (int[])[0, size.X - 1] from y in (int[])[0, size.Y - 1] from z in (int[])[0, size.Z - 1] select toNew.Apply(x, y, z)];
        var low = (X: corners.Min(corner => corner.X), Y: corners.Min(corner => corner.Y), Z: corners.Min(corner => corner.Z));
        var target = new Size3(Length(corners.Max(corner => corner.X) - low.X), Length(corners.Max(corner => corner.Y) - low.Y), Length(corners.Max(corner => corner.Z) - low.Z));
        // Where one corner is the first along every new axis the grid begins there; an oblique grid has none, and shares the middle.
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

        static int Length(double extent) => Math.Max(1, (int)Math.Round(extent + 1, MidpointRounding.ToEven));
    }

    // Gram and Schmidt on the columns, which is what a Cholesky factor of their products gives; shear is left out.
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

    private interface ISampler<T>
    {
        /// <summary>The value at a place between voxels; beyond the border the border's.</summary>
        static abstract T At(ReadOnlySpan<T> source, Size3 size, double x, double y, double z);
    }

    private readonly struct Trilinear : ISampler<float>
    {
        public static float At(ReadOnlySpan<float> source, Size3 size, double x, double y, double z)
        {
            (int x0, int x1, double fx) = Neighbours(x, size.X);
            (int y0, int y1, double fy) = Neighbours(y, size.Y);
            (int z0, int z1, double fz) = Neighbours(z, size.Z);
            double near = Bilinear(source, size, x0, y0, y1, z0, z1, fy, fz);
            double far = fx == 0 ? near : Bilinear(source, size, x1, y0, y1, z0, z1, fy, fz);
            return (float)(near + (far - near) * fx);
        }

        private static (int Low, int High, double Fraction) Neighbours(double position, int size)
        {
            double inside = Math.Clamp(position, 0, size - 1);
            int low = (int)inside;
            return (low, Math.Min(low + 1, size - 1), inside - low);
        }

        private static double Bilinear(ReadOnlySpan<float> source, Size3 size, int x, int y0, int y1, int z0, int z1, double fy, double fz)
        {
            int near = (x * size.Y + y0) * size.Z, far = (x * size.Y + y1) * size.Z;
            double a = source[near + z0] + (source[near + z1] - source[near + z0]) * fz;
            double b = source[far + z0] + (source[far + z1] - source[far + z0]) * fz;
            return a + (b - a) * fy;
        }
    }

    private readonly struct NearestVoxel : ISampler<ushort>
    {
        public static ushort At(ReadOnlySpan<ushort> source, Size3 size, double x, double y, double z) =>
            source[(Nearest(x, size.X) * size.Y + Nearest(y, size.Y)) * size.Z + Nearest(z, size.Z)];

        private static int Nearest(double position, int size) => (int)Math.Round(Math.Clamp(position, 0, size - 1), MidpointRounding.ToEven);
    }
}
