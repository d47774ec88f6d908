using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HiEndMae.Imaging;

/// <summary>Converts between the voxel order of files (x fastest) and of volumes (z fastest), a slab of z planes at a time, in blocks of 8 by 8 that stay in registers.</summary>
internal static class SlabTranspose
{
    private const int Edge = 8;

    /// <summary>Copies planes [planes, Y, X] to z, z + 1, ... of a channel [X, Y, Z].</summary>
    public static void ToVolume<T>(ReadOnlySpan<T> slab, Span<T> channel, Size3 size, int z, int planes) where T : unmanaged
    {
        if (size.X == 0 || planes == 0) return;
        for (int y = 0; y < size.Y; y++) Transpose(slab[(y * size.X)..], (nint)size.X * size.Y, planes, channel[(y * size.Z + z)..], (nint)size.Y * size.Z, size.X);
    }

    /// <summary>The reverse of <see cref="ToVolume"/>.</summary>
    public static void FromVolume<T>(ReadOnlySpan<T> channel, Span<T> slab, Size3 size, int z, int planes) where T : unmanaged
    {
        if (size.X == 0 || planes == 0) return;
        for (int y = 0; y < size.Y; y++) Transpose(channel[(y * size.Z + z)..], (nint)size.Y * size.Z, size.X, slab[(y * size.X)..], (nint)size.X * size.Y, planes);
    }

    // Transposes a matrix whose rows are a stride apart.
    private static unsafe void Transpose<T>(ReadOnlySpan<T> source, nint sourceStride, int rows, Span<T> target, nint targetStride, int columns) where T : unmanaged
    {
        if ((rows - 1) * sourceStride + columns > source.Length || (columns - 1) * targetStride + rows > target.Length) throw new ArgumentException("The planes do not fit the volume.", nameof(target));
        bool isWhole = sizeof(T) == 4 ? Avx.IsSupported : sizeof(T) == 2 && Sse2.IsSupported;
        fixed (T* from = &MemoryMarshal.GetReference(source), to = &MemoryMarshal.GetReference(target))
        {
            int wholeRows = isWhole ? rows & ~(Edge - 1) : 0, wholeColumns = isWhole ? columns & ~(Edge - 1) : 0;
            for (int column = 0; column < wholeColumns; column += Edge)
            {
                for (int row = 0; row < wholeRows; row += Edge)
                {
                    T* block = from + row * sourceStride + column, turned = to + column * targetStride + row;
                    if (sizeof(T) == 4) Block32((float*)block, sourceStride, (float*)turned, targetStride);
                    else Block16((ushort*)block, sourceStride, (ushort*)turned, targetStride);
                }
            }
            Rest(from, sourceStride, wholeRows, rows, to, targetStride, 0, wholeColumns);
            Rest(from, sourceStride, 0, rows, to, targetStride, wholeColumns, columns);
        }
    }

    private static unsafe void Rest<T>(T* from, nint sourceStride, int firstRow, int endRow, T* to, nint targetStride, int firstColumn, int endColumn) where T : unmanaged
    {
        if (firstRow == endRow) return;
        for (int column = firstColumn; column < endColumn; column++)
        {
            T* source = from + column, target = to + column * targetStride;
            for (int row = firstRow; row < endRow; row++) target[row] = source[row * sourceStride];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Block32(float* from, nint fromStride, float* to, nint toStride)
    {
        Quads(from, fromStride, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        Quads(from + 4 * fromStride, fromStride, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        Avx.Permute2x128(a0, b0, 0x20).Store(to);
        Avx.Permute2x128(a1, b1, 0x20).Store(to + toStride);
        Avx.Permute2x128(a2, b2, 0x20).Store(to + 2 * toStride);
        Avx.Permute2x128(a3, b3, 0x20).Store(to + 3 * toStride);
        Avx.Permute2x128(a0, b0, 0x31).Store(to + 4 * toStride);
        Avx.Permute2x128(a1, b1, 0x31).Store(to + 5 * toStride);
        Avx.Permute2x128(a2, b2, 0x31).Store(to + 6 * toStride);
        Avx.Permute2x128(a3, b3, 0x31).Store(to + 7 * toStride);
    }

    // Loads four rows: columns 0 to 3 in the lower halves, 4 to 7 in the upper ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Quads(float* from, nint stride, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + stride), r2 = Vector256.Load(from + 2 * stride), r3 = Vector256.Load(from + 3 * stride);
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Shuffle(low01, low23, 0x44);
        c1 = Avx.Shuffle(low01, low23, 0xEE);
        c2 = Avx.Shuffle(high01, high23, 0x44);
        c3 = Avx.Shuffle(high01, high23, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Block16(ushort* from, nint fromStride, ushort* to, nint toStride)
    {
        Vector128<ushort> r0 = Vector128.Load(from), r1 = Vector128.Load(from + fromStride), r2 = Vector128.Load(from + 2 * fromStride), r3 = Vector128.Load(from + 3 * fromStride);
        Vector128<ushort> r4 = Vector128.Load(from + 4 * fromStride), r5 = Vector128.Load(from + 5 * fromStride), r6 = Vector128.Load(from + 6 * fromStride), r7 = Vector128.Load(from + 7 * fromStride);
        // Interleaves pairs of rows, then fours, then all eight. Each step doubles the length of a column's run.
        Vector128<uint> p0 = Sse2.UnpackLow(r0, r1).AsUInt32(), p1 = Sse2.UnpackHigh(r0, r1).AsUInt32(), p2 = Sse2.UnpackLow(r2, r3).AsUInt32(), p3 = Sse2.UnpackHigh(r2, r3).AsUInt32();
        Vector128<uint> p4 = Sse2.UnpackLow(r4, r5).AsUInt32(), p5 = Sse2.UnpackHigh(r4, r5).AsUInt32(), p6 = Sse2.UnpackLow(r6, r7).AsUInt32(), p7 = Sse2.UnpackHigh(r6, r7).AsUInt32();
        Pair(Sse2.UnpackLow(p0, p2), Sse2.UnpackLow(p4, p6), to, toStride);
        Pair(Sse2.UnpackHigh(p0, p2), Sse2.UnpackHigh(p4, p6), to + 2 * toStride, toStride);
        Pair(Sse2.UnpackLow(p1, p3), Sse2.UnpackLow(p5, p7), to + 4 * toStride, toStride);
        Pair(Sse2.UnpackHigh(p1, p3), Sse2.UnpackHigh(p5, p7), to + 6 * toStride, toStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Pair(Vector128<uint> upper, Vector128<uint> lower, ushort* to, nint toStride)
    {
        Sse2.UnpackLow(upper.AsUInt64(), lower.AsUInt64()).AsUInt16().Store(to);
        Sse2.UnpackHigh(upper.AsUInt64(), lower.AsUInt64()).AsUInt16().Store(to + toStride);
    }
}
