using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HiEndMae.Imaging;

/// <summary>Resamples trilinearly between grids with parallel axes, one axis after another: each source plane is resampled to the y and z of the target once, and two
/// such planes are blended for each plane of the target.</summary>
/// <remarks>It blends with a difference instead of two weights, so that a constant region keeps its value to the last bit.</remarks>
internal static class TrilinearPlanes
{
    /// <summary>Fills the target. With a window, values are clipped and scaled as by <see cref="IntensityWindow"/>.</summary>
    public static void Fill(Volume<float> volume, Volume<float> target, AxisPositions[] axes, (double Low, double High)? window)
    {
        Size3 to = target.Size;
        // Each thread takes consecutive planes, so that most source planes are resampled once.
        int chunks = Math.Clamp(Environment.ProcessorCount, 1, to.X);
        Parallel.For(0, volume.Channels * chunks, part =>
        {
            (int channel, int chunk) = Math.DivRem(part, chunks);
            int first = (int)((long)to.X * chunk / chunks), end = (int)((long)to.X * (chunk + 1) / chunks);
            using var planes = new Planes(volume, channel, to, axes);
            for (int x = first; x < end; x++)
            {
                Span<float> result = target.Channel(channel).Slice(x * to.Y * to.Z, to.Y * to.Z);
                (float[] low, float[] high) = planes.Around(axes[0].Low[x], axes[0].High[x]);
                Blend(low, high, axes[0].Fraction[x], result);
                // Applied while the plane is in the processor's cache.
                if (window is { } bounds) IntensityWindow.Apply(result, bounds.Low, bounds.High);
            }
        });
    }

    private static void Blend(ReadOnlySpan<float> near, ReadOnlySpan<float> far, float fraction, Span<float> result)
    {
        int done = 0;
        var weight = new Vector<float>(fraction);
        for (; done <= result.Length - Vector<float>.Count; done += Vector<float>.Count)
        {
            var low = new Vector<float>(near[done..]);
            (low + (new Vector<float>(far[done..]) - low) * weight).CopyTo(result[done..]);
        }
        for (; done < result.Length; done++) result[done] = near[done] + (far[done] - near[done]) * fraction;
    }

    /// <summary>Keeps the two source planes that were used last, resampled to the y and z of the target. The planes are rented, because a large volume is resampled in many slabs.</summary>
    private sealed class Planes : IDisposable
    {
        private readonly Volume<float> volume;
        private readonly int channel, strideX, strideY, strideZ;
        private readonly Size3 to;
        private readonly AxisPositions alongY, alongZ;
        private readonly bool isAlongZFirst;
        private readonly float[][] planes;
        private readonly int[] held = [-1, -1];
        private readonly float[] rows;
        private readonly int[] lowZ, highZ;
        private readonly int lengthZ;

        public Planes(Volume<float> volume, int channel, Size3 to, AxisPositions[] axes)
        {
            Size3 from = volume.Size;
            int[] strides = [from.Y * from.Z, from.Z, 1];
            (this.volume, this.channel, this.to, alongY, alongZ) = (volume, channel, to, axes[1], axes[2]);
            (strideX, strideY, strideZ) = (strides[axes[0].Partner], strides[alongY.Partner], strides[alongZ.Partner]);
            lengthZ = from[alongZ.Partner];
            // Interpolating z costs two gathers per output, more than blending whole rows. So z is interpolated before or after y, where there are fewer rows.
            int lengthY = from[alongY.Partner];
            isAlongZFirst = lengthY < to.Y || strideZ != 1;
            planes = [Rent(to.Y * to.Z), Rent(to.Y * to.Z)];
            rows = Rent(isAlongZFirst ? 2 * to.Z : lengthZ);
            int step = isAlongZFirst ? strideZ : 1;
            lowZ = Array.ConvertAll(alongZ.Low, index => index * step);
            highZ = Array.ConvertAll(alongZ.High, index => index * step);
        }

        public (float[] Low, float[] High) Around(int low, int high)
        {
            int a = Hold(low, high), b = Hold(high, low);
            return (planes[a], planes[b]);
        }

        public void Dispose()
        {
            foreach (float[] array in (float[][])[.. planes, rows]) ArrayPool<float>.Shared.Return(array);
        }

        private static float[] Rent(int length) => ArrayPool<float>.Shared.Rent(length);

        // Returns the slot of a plane. A missing plane replaces the one that is not needed.
        private int Hold(int index, int other)
        {
            int slot = Array.IndexOf(held, index);
            if (slot >= 0) return slot;
            slot = held[0] == other ? 1 : 0;
            ReadOnlySpan<float> source = volume.Channel(channel)[(index * strideX)..];
            if (isAlongZFirst) FillAlongZFirst(source, planes[slot]);
            else FillAlongYFirst(source, planes[slot]);
            held[slot] = index;
            return slot;
        }

        private void FillAlongZFirst(ReadOnlySpan<float> source, Span<float> plane)
        {
            Span<float> first = rows.AsSpan(0, to.Z), second = rows.AsSpan(to.Z, to.Z);
            int lowRow = -1, highRow = -1;
            for (int y = 0; y < to.Y; y++)
            {
                (int low, int high) = (alongY.Low[y], alongY.High[y]);
                // Rows come in ascending or descending order, so the previous upper neighbour is often the next lower one.
                if (low == highRow || high == lowRow)
                {
                    Span<float> swap = first;
                    first = second;
                    second = swap;
                    (lowRow, highRow) = (highRow, lowRow);
                }
                if (low != lowRow) Pick(source[(low * strideY)..], first);
                if (high != highRow) Pick(source[(high * strideY)..], second);
                (lowRow, highRow) = (low, high);
                Blend(first, second, alongY.Fraction[y], plane.Slice(y * to.Z, to.Z));
            }
        }

        private void FillAlongYFirst(ReadOnlySpan<float> source, Span<float> plane)
        {
            for (int y = 0; y < to.Y; y++)
            {
                Blend(source.Slice(alongY.Low[y] * strideY, lengthZ), source.Slice(alongY.High[y] * strideY, lengthZ), alongY.Fraction[y], rows.AsSpan(0, lengthZ));
                Pick(rows, plane.Slice(y * to.Z, to.Z));
            }
        }

        private unsafe void Pick(ReadOnlySpan<float> source, Span<float> result)
        {
            float[] fractions = alongZ.Fraction;
            int z = 0;
            if (Avx2.IsSupported)
            {
                fixed (float* values = source, fraction = fractions, target = result)
                fixed (int* lows = lowZ, highs = highZ)
                {
                    for (; z <= result.Length - Vector256<float>.Count; z += Vector256<float>.Count)
                    {
                        Vector256<float> low = Avx2.GatherVector256(values, Vector256.Load(lows + z), sizeof(float)), high = Avx2.GatherVector256(values, Vector256.Load(highs + z), sizeof(float));
                        (low + (high - low) * Vector256.Load(fraction + z)).Store(target + z);
                    }
                }
            }
            for (; z < result.Length; z++)
            {
                float low = source[lowZ[z]];
                result[z] = low + (source[highZ[z]] - low) * fractions[z];
            }
        }
    }
}
