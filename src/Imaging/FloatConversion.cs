using System.Numerics;

namespace HiEndMae.Imaging;

/// <summary>Converts integers of up to 16 bits to scaled floats with vector instructions, if single precision gives the exact result.</summary>
internal static class FloatConversion
{
    private const int MostExact = 1 << 24; // every integer up to here is exact in single precision

    /// <summary>Whether single precision gives the same result as double precision.</summary>
    public static bool IsExact(double slope, double intercept) => slope == Math.Floor(slope) && intercept == Math.Floor(intercept) && Math.Abs(slope) * (1 << 16) + Math.Abs(intercept) <= MostExact;

    public static void Convert(ReadOnlySpan<short> values, Span<float> voxels, float slope, float intercept)
    {
        int done = 0;
        for (; done <= values.Length - Vector<short>.Count; done += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(values[done..]), out Vector<int> low, out Vector<int> high);
            Store(low, voxels[done..], slope, intercept);
            Store(high, voxels[(done + Vector<int>.Count)..], slope, intercept);
        }
        for (; done < values.Length; done++) voxels[done] = values[done] * slope + intercept;
    }

    public static void Convert(ReadOnlySpan<ushort> values, Span<float> voxels, float slope, float intercept)
    {
        int done = 0;
        for (; done <= values.Length - Vector<ushort>.Count; done += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(values[done..]), out Vector<uint> low, out Vector<uint> high);
            Store(Vector.AsVectorInt32(low), voxels[done..], slope, intercept);
            Store(Vector.AsVectorInt32(high), voxels[(done + Vector<int>.Count)..], slope, intercept);
        }
        for (; done < values.Length; done++) voxels[done] = values[done] * slope + intercept;
    }

    public static void Convert(ReadOnlySpan<byte> values, Span<float> voxels, float slope, float intercept)
    {
        // Both types go through vectors of the wider type, so that one loop serves both.
        Span<ushort> wide = stackalloc ushort[256];
        for (int at = 0; at < values.Length; at += wide.Length)
        {
            ReadOnlySpan<byte> some = values.Slice(at, Math.Min(wide.Length, values.Length - at));
            for (int i = 0; i < some.Length; i++) wide[i] = some[i];
            Convert(wide[..some.Length], voxels.Slice(at, some.Length), slope, intercept);
        }
    }

    /// <summary>Rounds to the nearest, like the conversion of a single number.</summary>
    public static void Convert(ReadOnlySpan<int> values, Span<float> voxels)
    {
        int done = 0;
        for (; done <= values.Length - Vector<int>.Count; done += Vector<int>.Count) Vector.ConvertToSingle(new Vector<int>(values[done..])).CopyTo(voxels[done..]);
        for (; done < values.Length; done++) voxels[done] = values[done];
    }

    private static void Store(Vector<int> values, Span<float> voxels, float slope, float intercept) =>
        (Vector.ConvertToSingle(values) * slope + new Vector<float>(intercept)).CopyTo(voxels);
}
