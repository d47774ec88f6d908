using HiEndMae.Imaging;

namespace HiEndMae.Reports.Figures;

/// <summary>Maps the pixels of a slice to voxels, in radiological orientation: anterior and superior are up; the patient's right, or in sagittal slices the front, is on the left.</summary>
/// <param name="Size">Size of the volume in voxels.</param>
/// <param name="Across">Axis that points to the left of the picture.</param>
/// <param name="Up">Axis that points up.</param>
/// <param name="Through">Axis perpendicular to the slice.</param>
/// <param name="At">Index along <paramref name="Through"/>.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
internal sealed record SlicePlane(Size3 Size, int Across, int Up, int Through, int At, int Width, int Height)
{
    private readonly int[] strides = [Size.Y * Size.Z, Size.Z, 1];

    /// <summary>Returns the axial, coronal and sagittal slices through a voxel, for a column of a given width.</summary>
    /// <param name="size">Size of the volume in voxels.</param>
    /// <param name="spacing">Distance between voxels in mm, which gives the proportions of the slices.</param>
    /// <param name="centre">Voxel through which the slices go.</param>
    /// <param name="width">Width of the widest slice in pixels.</param>
    public static SlicePlane[] Through3(Size3 size, Spacing3 spacing, Size3 centre, int width)
    {
        double[] lengths = [size.X * spacing.X, size.Y * spacing.Y, size.Z * spacing.Z];
        double scale = width / Math.Max(lengths[0], lengths[1]);
        // Limits the height of the picture for scans that are much longer than wide.
        scale = Math.Min(scale, 2.0 * width / Math.Max(lengths[1], lengths[2]));
        return [Plane(0, 1, 2), Plane(0, 2, 1), Plane(1, 2, 0)];

        SlicePlane Plane(int across, int up, int through) => new(size, across, up, through, centre[through], Pixels(across), Pixels(up));

        int Pixels(int axis) => Math.Max(4, (int)Math.Round(lengths[axis] * scale));
    }

    /// <summary>Returns the index of the voxel nearest to a pixel.</summary>
    public int Voxel(int column, int row) => Base + Nearest(Width - 1 - column, Width, Size[Across]) * strides[Across] + Nearest(Height - 1 - row, Height, Size[Up]) * strides[Up];

    /// <summary>Returns the value at a pixel, interpolated in the plane.</summary>
    public float Value(float[] values, int column, int row)
    {
        (int a0, int a1, float fa) = Neighbours(Width - 1 - column, Width, Size[Across]);
        (int b0, int b1, float fb) = Neighbours(Height - 1 - row, Height, Size[Up]);
        int sa = strides[Across], sb = strides[Up];
        float low = values[Base + a0 * sa + b0 * sb] * (1 - fa) + values[Base + a1 * sa + b0 * sb] * fa;
        float high = values[Base + a0 * sa + b1 * sb] * (1 - fa) + values[Base + a1 * sa + b1 * sb] * fa;
        return low * (1 - fb) + high * fb;
    }

    private int Base => At * strides[Through];

    private static int Nearest(int pixel, int pixels, int voxels) => Math.Clamp((int)((pixel + 0.5) * voxels / pixels), 0, voxels - 1);

    private static (int Low, int High, float Fraction) Neighbours(int pixel, int pixels, int voxels)
    {
        double position = Math.Clamp((pixel + 0.5) * voxels / pixels - 0.5, 0, voxels - 1);
        int low = (int)position;
        return (low, Math.Min(low + 1, voxels - 1), (float)(position - low));
    }
}
