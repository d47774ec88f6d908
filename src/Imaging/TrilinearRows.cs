using System.Numerics;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Trilinear resampling between grids of parallel axes: four source rows are blended to one, and that along the target's z.</summary>
internal static class TrilinearRows
{
    public static void Fill(Volume<float> volume, Volume<float> target, AxisPositions[] axes)
    {
        Size3 from = volume.Size, to = target.Size;
        int[] strides = [from.Y * from.Z, from.Z, 1];
        AxisPositions along = axes[2];
        int length = from[along.Partner], stride = strides[along.Partner], strideX = strides[axes[0].Partner], strideY = strides[axes[1].Partner];
        Parallel.For(0, volume.Channels * to.X, () => new float[length], (plane, _, row) =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<float> source = volume.Channel(channel);
            for (int y = 0; y < to.Y; y++)
            {
                int near = axes[0].Low[x] * strideX, far = axes[0].High[x] * strideX, low = axes[1].Low[y] * strideY, high = axes[1].High[y] * strideY;
                Blend(source, (near + low, near + high, far + low, far + high), stride, axes[1].Fraction[y], axes[0].Fraction[x], row);
                Span<float> result = target.Channel(channel).Slice((x * to.Y + y) * to.Z, to.Z);
                for (int z = 0; z < result.Length; z++)
                {
                    float below = row[along.Low[z]];
                    result[z] = below + (row[along.High[z]] - below) * along.Fraction[z];
                }
            }
            return row;
        }, _ => { });
    }

    // Differences instead of two weights: a constant region keeps its value to the last bit.
    private static void Blend(ReadOnlySpan<float> source, (int A, int B, int C, int D) rows, int stride, float ab, float across, Span<float> blended)
    {
        int done = 0;
        if (stride == 1)
        {
            int length = blended.Length;
            ReadOnlySpan<Vector<float>> a = Vectors(source.Slice(rows.A, length)), b = Vectors(source.Slice(rows.B, length));
            ReadOnlySpan<Vector<float>> c = Vectors(source.Slice(rows.C, length)), d = Vectors(source.Slice(rows.D, length));
            Span<Vector<float>> result = MemoryMarshal.Cast<float, Vector<float>>(blended);
            for (int i = 0; i < result.Length; i++)
            {
                Vector<float> near = a[i] + (b[i] - a[i]) * ab, far = c[i] + (d[i] - c[i]) * ab;
                result[i] = near + (far - near) * across;
            }
            done = result.Length * Vector<float>.Count;
        }
        for (int i = done; i < blended.Length; i++)
        {
            int at = i * stride;
            float near = source[rows.A + at] + (source[rows.B + at] - source[rows.A + at]) * ab;
            float far = source[rows.C + at] + (source[rows.D + at] - source[rows.C + at]) * ab;
            blended[i] = near + (far - near) * across;
        }
    }

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> row) => MemoryMarshal.Cast<float, Vector<float>>(row);
}
