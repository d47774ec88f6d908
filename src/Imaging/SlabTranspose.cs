namespace HiEndMae.Imaging;

/// <summary>Between the order of NIfTI files (x fastest) and that of volumes (z fastest), a slab of z planes at a time.</summary>
internal static class SlabTranspose
{
    private const int Tile = 32; // columns of x whose lines in the volume stay in the cache

    /// <summary>Planes [planes, Y, X] into z, z + 1, ... of a channel [X, Y, Z].</summary>
    public static void ToVolume<T>(ReadOnlySpan<T> slab, Span<T> channel, Size3 size, int z, int planes) where T : unmanaged
    {
        int plane = size.X * size.Y;
        for (int y = 0; y < size.Y; y++)
        {
            for (int tile = 0; tile < size.X; tile += Tile)
            {
                int end = Math.Min(tile + Tile, size.X);
                for (int x = tile; x < end; x++)
                {
                    Span<T> run = channel.Slice((x * size.Y + y) * size.Z + z, planes);
                    int from = y * size.X + x;
                    for (int k = 0; k < run.Length; k++, from += plane) run[k] = slab[from];
                }
            }
        }
    }

    /// <summary>The reverse of <see cref="ToVolume"/>.</summary>
    public static void FromVolume<T>(ReadOnlySpan<T> channel, Span<T> slab, Size3 size, int z, int planes) where T : unmanaged
    {
        int plane = size.X * size.Y;
        for (int y = 0; y < size.Y; y++)
        {
            for (int x = 0; x < size.X; x++)
            {
                ReadOnlySpan<T> run = channel.Slice((x * size.Y + y) * size.Z + z, planes);
                int to = y * size.X + x;
                for (int k = 0; k < run.Length; k++, to += plane) slab[to] = run[k];
            }
        }
    }
}
