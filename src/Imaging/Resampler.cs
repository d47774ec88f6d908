namespace HiEndMae.Imaging;

/// <summary>Volumes on another grid, with the conventions of MONAI 1.2 (Spacing, border padding, no corner alignment).</summary>
public static class Resampler
{
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
    public static Volume<float> Resample(Volume<float> volume, Size3 size, Affine affine)
    {
        ArgumentNullException.ThrowIfNull(volume);
        if (size == volume.Size && IsSame(volume.Affine, affine)) return volume;
        Affine map = volume.Affine.Inverse().After(affine);
        var target = new float[checked(volume.Channels * size.Count)];
        Size3 from = volume.Size;
        Parallel.For(0, volume.Channels * size.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, size.X);
            ReadOnlySpan<float> source = volume.Channel(channel);
            int at = checked((int)((channel * size.Count) + (long)x * size.Y * size.Z));
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++)
                {
                    (double u, double v, double w) = map.Apply(x, y, z);
                    (int x0, int x1, double fx) = Neighbours(u, from.X);
                    (int y0, int y1, double fy) = Neighbours(v, from.Y);
                    (int z0, int z1, double fz) = Neighbours(w, from.Z);
                    double near = Bilinear(source, from, x0, y0, y1, z0, z1, fy, fz);
                    double far = fx == 0 ? near : Bilinear(source, from, x1, y0, y1, z0, z1, fy, fz);
                    target[at++] = (float)(near + (far - near) * fx);
                }
            }
        });
        return new Volume<float>(volume.Channels, size, affine, target);
    }

    /// <summary>The label map on a given grid, nearest voxel, halves to the even index as libtorch rounds.</summary>
    public static Volume<ushort> ResampleNearest(Volume<ushort> volume, Size3 size, Affine affine)
    {
        ArgumentNullException.ThrowIfNull(volume);
        if (size == volume.Size && IsSame(volume.Affine, affine)) return volume;
        Affine map = volume.Affine.Inverse().After(affine);
        var target = new ushort[checked(volume.Channels * size.Count)];
        Size3 from = volume.Size;
        Parallel.For(0, volume.Channels * size.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, size.X);
            ReadOnlySpan<ushort> source = volume.Channel(channel);
            int at = checked((int)((channel * size.Count) + (long)x * size.Y * size.Z));
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++)
                {
                    (double u, double v, double w) = map.Apply(x, y, z);
                    target[at++] = source[(Nearest(u, from.X) * from.Y + Nearest(v, from.Y)) * from.Z + Nearest(w, from.Z)];
                }
            }
        });
        return new Volume<ushort>(volume.Channels, size, affine, target);
    }

    // MONAI's compute_shape_offset: the grid keeps its directions, covers the corners of the old one, and keeps their common centre.
    internal static (Size3 Size, Affine Affine) Grid(Size3 size, Affine affine, Spacing3 spacing)
    {
        Spacing3 old = affine.Spacing;
        var rows = new double[3, 4];
        for (int row = 0; row < 3; row++)
        {
            for (int axis = 0; axis < 3; axis++) rows[row, axis] = affine[row, axis] * spacing[axis] / old[axis];
        }
        Size3 target = new(Length(0), Length(1), Length(2));
        // Where the new grid's middle is put on the old one's.
        (double cx, double cy, double cz) = affine.Apply((size.X - 1) / 2.0, (size.Y - 1) / 2.0, (size.Z - 1) / 2.0);
        double[] centre = [cx, cy, cz];
        for (int row = 0; row < 3; row++)
        {
            rows[row, 3] = centre[row];
            for (int axis = 0; axis < 3; axis++) rows[row, 3] -= rows[row, axis] * (target[axis] - 1) / 2.0;
        }
        return (target, Affine.FromRows(rows));

        int Length(int axis) => Math.Max(1, (int)Math.Round((size[axis] - 1) * old[axis] / spacing[axis], MidpointRounding.ToEven) + 1);
    }

    private static bool IsSame(Affine a, Affine b)
    {
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                if (Math.Abs(a[row, column] - b[row, column]) > 1e-6) return false;
            }
        }
        return true;
    }

    private static (int Low, int High, double Fraction) Neighbours(double position, int size)
    {
        double inside = Math.Clamp(position, 0, size - 1);
        int low = (int)inside;
        return (low, Math.Min(low + 1, size - 1), inside - low);
    }

    private static int Nearest(double position, int size) => (int)Math.Round(Math.Clamp(position, 0, size - 1), MidpointRounding.ToEven);

    private static double Bilinear(ReadOnlySpan<float> source, Size3 size, int x, int y0, int y1, int z0, int z1, double fy, double fz)
    {
        int near = (x * size.Y + y0) * size.Z, far = (x * size.Y + y1) * size.Z;
        double a = source[near + z0] + (source[near + z1] - source[near + z0]) * fz;
        double b = source[far + z0] + (source[far + z1] - source[far + z0]) * fz;
        return a + (b - a) * fy;
    }
}
