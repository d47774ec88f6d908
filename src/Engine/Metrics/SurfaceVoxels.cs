using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>Finds the surface voxels of a class, which have at least one of six neighbours outside of the class. Everything beyond the image is outside.</summary>
internal static class SurfaceVoxels
{
    /// <summary>Bit of <see cref="Mark"/> for the prediction.</summary>
    public const byte Predicted = 1;

    /// <summary>Bit of <see cref="Mark"/> for the truth.</summary>
    public const byte Truth = 2;

    /// <summary>Marks surface voxels of both maps.</summary>
    /// <param name="prediction">Class indices of the whole image.</param>
    /// <param name="truth">The same for the truth.</param>
    /// <param name="size">Size of the image.</param>
    /// <param name="box">A box that contains every voxel of the class.</param>
    /// <param name="label">The class.</param>
    /// <param name="marks">Receives the marks of the box.</param>
    public static void Mark(ushort[] prediction, ushort[] truth, Size3 size, LabelBounds box, ushort label, byte[] marks)
    {
        Size3 extent = box.Size;
        Parallel.For(0, extent.X, plane =>
        {
            int x = box.X0 + plane;
            for (int y = box.Y0; y <= box.Y1; y++)
            {
                Span<byte> row = marks.AsSpan((plane * extent.Y + y - box.Y0) * extent.Z, extent.Z);
                row.Clear();
                MarkRow(prediction, size, x, y, box.Z0, label, row, Predicted);
                MarkRow(truth, size, x, y, box.Z0, label, row, Truth);
            }
        });
    }

    private static void MarkRow(ushort[] labels, Size3 size, int x, int y, int z0, ushort label, Span<byte> row, byte mark)
    {
        int strideY = size.Z, strideX = size.Y * size.Z, at = (x * size.Y + y) * size.Z + z0;
        bool border = x == 0 || x == size.X - 1 || y == 0 || y == size.Y - 1;
        for (int i = 0; i < row.Length; i++, at++)
        {
            if (labels[at] != label) continue;
            int z = z0 + i;
            if (border || z == 0 || z == size.Z - 1 || labels[at - 1] != label || labels[at + 1] != label || labels[at - strideY] != label || labels[at + strideY] != label
                || labels[at - strideX] != label || labels[at + strideX] != label)
            {
                row[i] |= mark;
            }
        }
    }
}
