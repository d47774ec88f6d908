using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Crops;

/// <summary>Resizes a crop linearly. The corners of both grids lie on one another, as with align_corners = false of PyTorch.</summary>
internal static class CropResizer
{
    /// <summary>Resizes every channel.</summary>
    /// <param name="source">[C, X, Y, Z], z fastest.</param>
    /// <param name="from">Size of the source.</param>
    /// <param name="target">Receives [C, X', Y', Z'].</param>
    /// <param name="to">Size of the target.</param>
    public static void Resize(ReadOnlySpan<float> source, Size3 from, Span<float> target, Size3 to)
    {
        int channels = source.Length / (int)from.Count, place = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<float> values = source.Slice(channel * (int)from.Count, (int)from.Count);
            for (int x = 0; x < to.X; x++)
            {
                (int x0, int x1, float partX) = At(x, from.X, to.X);
                for (int y = 0; y < to.Y; y++)
                {
                    (int y0, int y1, float partY) = At(y, from.Y, to.Y);
                    ReadOnlySpan<float> a = Row(values, from, x0, y0), b = Row(values, from, x0, y1), c = Row(values, from, x1, y0), d = Row(values, from, x1, y1);
                    for (int z = 0; z < to.Z; z++)
                    {
                        (int z0, int z1, float partZ) = At(z, from.Z, to.Z);
                        float near = Mix(Mix(a[z0], a[z1], partZ), Mix(b[z0], b[z1], partZ), partY), far = Mix(Mix(c[z0], c[z1], partZ), Mix(d[z0], d[z1], partZ), partY);
                        target[place++] = Mix(near, far, partX);
                    }
                }
            }
        }
    }

    private static ReadOnlySpan<float> Row(ReadOnlySpan<float> values, Size3 size, int x, int y) => values.Slice(((x * size.Y) + y) * size.Z, size.Z);

    private static float Mix(float one, float other, float part) => one + ((other - one) * part);

    private static (int Low, int High, float Part) At(int place, int from, int to)
    {
        double at = Math.Max(0, ((place + 0.5) * from / to) - 0.5);
        int low = Math.Min((int)at, from - 1);
        return (low, Math.Min(low + 1, from - 1), (float)(at - low));
    }
}
