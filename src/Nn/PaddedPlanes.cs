namespace HiEndMae.Nn;

/// <summary>The last <c>k</c> planes of a volume with channels last, each with a border of zeros, so that a convolution need not test for the border.</summary>
/// <param name="memory"><see cref="Size"/> floats, all zero.</param>
/// <param name="shape">Sizes of the volume and edge of the kernel.</param>
internal readonly unsafe struct PaddedPlanes(float* memory, DirectConvShape shape)
{
    /// <summary>Number of floats that the planes of one thread need.</summary>
    public static long Size(DirectConvShape shape) => shape.Edge * Plane(shape);

    /// <summary>Makes the planes around <paramref name="x"/> available.</summary>
    /// <param name="volume">First float of the sample.</param>
    /// <param name="x">The plane in the middle.</param>
    /// <param name="follows">Whether the last call had the same sample and the plane before <paramref name="x"/>; then only one plane is new.</param>
    public void Load(float* volume, int x, bool follows)
    {
        for (int plane = follows ? x + shape.Pad : x - shape.Pad; plane <= x + shape.Pad; plane++) Fill(volume, plane);
    }

    /// <summary>The first float of a row, which lies in the border: voxel -pad of the row.</summary>
    /// <param name="x">Plane of the volume, from -pad.</param>
    /// <param name="y">Row of the volume, from -pad.</param>
    public float* Row(int x, int y) => Slot(x) + ((long)(y + shape.Pad) * RowSize(shape));

    private static long RowSize(DirectConvShape shape) => (long)(shape.Z + (2 * shape.Pad)) * shape.Inputs;

    private static long Plane(DirectConvShape shape) => (shape.Y + (2 * shape.Pad)) * RowSize(shape);

    private float* Slot(int x) => memory + ((x + shape.Pad) % shape.Edge * Plane(shape));

    // The border is never written.
    private void Fill(float* volume, int x)
    {
        int length = shape.Z * shape.Inputs;
        float* into = Slot(x) + (shape.Pad * RowSize(shape)) + (shape.Pad * shape.Inputs);
        for (int y = 0; y < shape.Y; y++, into += RowSize(shape))
        {
            var row = new Span<float>(into, length);
            if (x >= 0 && x < shape.X) new ReadOnlySpan<float>(volume + ((((long)x * shape.Y) + y) * length), length).CopyTo(row);
            else row.Clear();
        }
    }
}
