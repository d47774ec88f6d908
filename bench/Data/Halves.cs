using System.Runtime.Intrinsics;

namespace HiEndMae.Bench.Data;

/// <summary>Converts halves to floats in the same way as the loader.</summary>
internal static class Halves
{
    private const float Widening = 5.192296858534828e33f;

    public static void Widen(ReadOnlySpan<ushort> from, Span<float> to)
    {
        int i = 0;
        Vector256<float> factors = Vector256.Create(Widening);
        for (; i <= from.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Create(from[i..]));
            ((low << 13).AsSingle() * factors).CopyTo(to[i..]);
            ((high << 13).AsSingle() * factors).CopyTo(to[(i + 8)..]);
        }
        for (; i < from.Length; i++) to[i] = (float)BitConverter.UInt16BitsToHalf(from[i]);
    }
}
