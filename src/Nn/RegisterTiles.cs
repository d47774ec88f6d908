using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HiEndMae.Nn;

/// <summary>Products of small float32 matrices on one thread: a tile of rows times 16 columns stays in registers for the whole sum.</summary>
/// <remarks>The library's products cost several microseconds each, whatever their size, and are slower if a side is as narrow as an attention head.</remarks>
internal static unsafe class RegisterTiles
{
    // The part of a panel for one block of the sum fits into the first-level cache.
    private const int Wide = 12, Narrow = 6, Lanes = 8, InnerAtOnce = 384;

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool AreSupported => Vector256.IsHardwareAccelerated;

    /// <summary><c>c = a b</c>, or <c>c += a b</c>.</summary>
    /// <param name="a">First element of a, [rows, inner].</param>
    /// <param name="row">Floats from one row of a to the next.</param>
    /// <param name="step">Floats from one column of a to the next; 1 for a matrix by rows, and the row length with <paramref name="row"/> = 1 for a transposed one.</param>
    /// <param name="panels">b, [inner, columns], packed by <see cref="Panels"/>.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="c">[rows, columns].</param>
    /// <param name="target">Floats from one row of c to the next.</param>
    /// <param name="add">Whether the product is added to c.</param>
    public static void Product(float* a, long row, long step, float* panels, int rows, int inner, int columns, float* c, long target, bool add)
    {
        if (inner == 0) return;
        for (int first = 0; first < inner; first += InnerAtOnce)
            Block(a + (first * step), row, step, panels + ((long)first * Panels.Width), (long)inner * Panels.Width, rows, Math.Min(InnerAtOnce, inner - first), columns, c, target, add || first > 0);
    }

    private static void Block(float* a, long row, long step, float* panels, long next, int rows, int inner, int columns, float* c, long target, bool add)
    {
        int tile = Vector512.IsHardwareAccelerated ? Wide : Narrow;
        float* edge = stackalloc float[Wide * Panels.Width];
        for (int column = 0; column < columns; column += Panels.Width, panels += next)
        {
            int width = Math.Min(Panels.Width, columns - column);
            for (int at = 0; at < rows;)
            {
                int count = rows - at >= tile ? tile : rows - at >= Narrow ? Narrow : 1;
                float* from = a + (at * row), into = c + (at * target) + column;
                if (width == Panels.Width) Tile(from, row, step, panels, inner, into, target, count, add);
                else
                {
                    // A narrow last panel goes through a buffer, so that nothing is read or written beyond its columns.
                    if (add) Copy(into, target, edge, Panels.Width, count, width);
                    Tile(from, row, step, panels, inner, edge, Panels.Width, count, add);
                    Copy(edge, Panels.Width, into, target, count, width);
                }
                at += count;
            }
        }
    }

    private static void Tile(float* a, long row, long step, float* b, int inner, float* c, long target, int count, bool add)
    {
        if (count == Wide) Twelve(a, row, step, b, inner, c, target, add);
        else if (count == Narrow) Six(a, row, step, b, inner, c, target, add);
        else One(a, step, b, inner, c, add);
    }

    private static void Copy(float* from, long row, float* into, long target, int rows, int columns)
    {
        for (int at = 0; at < rows; at++, from += row, into += target) new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(into, columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* a, long step, float* b, int inner, float* c, bool add)
    {
        Vector256<float> low = default, high = default;
        if (add) (low, high) = (Vector256.Load(c), Vector256.Load(c + Lanes));
        for (float* end = b + ((long)inner * Panels.Width); b < end; b += Panels.Width, a += step)
        {
            var value = Vector256.Create(*a);
            low = Vector256.FusedMultiplyAdd(value, Vector256.Load(b), low);
            high = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + Lanes), high);
        }
        low.Store(c);
        high.Store(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six(float* a, long row, long step, float* b, int inner, float* c, long target, bool add)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        if (add)
        {
            float* from = c;
            (a0, b0) = (Vector256.Load(from), Vector256.Load(from + Lanes));
            from += target;
            (a1, b1) = (Vector256.Load(from), Vector256.Load(from + Lanes));
            from += target;
            (a2, b2) = (Vector256.Load(from), Vector256.Load(from + Lanes));
            from += target;
            (a3, b3) = (Vector256.Load(from), Vector256.Load(from + Lanes));
            from += target;
            (a4, b4) = (Vector256.Load(from), Vector256.Load(from + Lanes));
            from += target;
            (a5, b5) = (Vector256.Load(from), Vector256.Load(from + Lanes));
        }
        long two = 2 * row;
        float* x3 = a + (3 * row);
        for (float* end = b + ((long)inner * Panels.Width); b < end; b += Panels.Width, a += step, x3 += step)
        {
            Vector256<float> first = Vector256.Load(b), second = Vector256.Load(b + Lanes);
            var value = Vector256.Create(*a);
            a0 = Vector256.FusedMultiplyAdd(value, first, a0);
            b0 = Vector256.FusedMultiplyAdd(value, second, b0);
            value = Vector256.Create(a[row]);
            a1 = Vector256.FusedMultiplyAdd(value, first, a1);
            b1 = Vector256.FusedMultiplyAdd(value, second, b1);
            value = Vector256.Create(a[two]);
            a2 = Vector256.FusedMultiplyAdd(value, first, a2);
            b2 = Vector256.FusedMultiplyAdd(value, second, b2);
            value = Vector256.Create(*x3);
            a3 = Vector256.FusedMultiplyAdd(value, first, a3);
            b3 = Vector256.FusedMultiplyAdd(value, second, b3);
            value = Vector256.Create(x3[row]);
            a4 = Vector256.FusedMultiplyAdd(value, first, a4);
            b4 = Vector256.FusedMultiplyAdd(value, second, b4);
            value = Vector256.Create(x3[two]);
            a5 = Vector256.FusedMultiplyAdd(value, first, a5);
            b5 = Vector256.FusedMultiplyAdd(value, second, b5);
        }
        a0.Store(c);
        b0.Store(c + Lanes);
        c += target;
        a1.Store(c);
        b1.Store(c + Lanes);
        c += target;
        a2.Store(c);
        b2.Store(c + Lanes);
        c += target;
        a3.Store(c);
        b3.Store(c + Lanes);
        c += target;
        a4.Store(c);
        b4.Store(c + Lanes);
        c += target;
        a5.Store(c);
        b5.Store(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve(float* a, long row, long step, float* b, int inner, float* c, long target, bool add)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        if (add)
        {
            float* from = c;
            a0 = Vector512.Load(from);
            a1 = Vector512.Load(from += target);
            a2 = Vector512.Load(from += target);
            a3 = Vector512.Load(from += target);
            a4 = Vector512.Load(from += target);
            a5 = Vector512.Load(from += target);
            a6 = Vector512.Load(from += target);
            a7 = Vector512.Load(from += target);
            a8 = Vector512.Load(from += target);
            a9 = Vector512.Load(from += target);
            a10 = Vector512.Load(from += target);
            a11 = Vector512.Load(from + target);
        }
        long two = 2 * row;
        float* x3 = a + (3 * row), x6 = x3 + (3 * row), x9 = x6 + (3 * row);
        for (float* end = b + ((long)inner * Panels.Width); b < end; b += Panels.Width, a += step, x3 += step, x6 += step, x9 += step)
        {
            Vector512<float> value = Vector512.Load(b);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), value, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[row]), value, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[two]), value, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(*x3), value, a3);
            a4 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[row]), value, a4);
            a5 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[two]), value, a5);
            a6 = Vector512.FusedMultiplyAdd(Vector512.Create(*x6), value, a6);
            a7 = Vector512.FusedMultiplyAdd(Vector512.Create(x6[row]), value, a7);
            a8 = Vector512.FusedMultiplyAdd(Vector512.Create(x6[two]), value, a8);
            a9 = Vector512.FusedMultiplyAdd(Vector512.Create(*x9), value, a9);
            a10 = Vector512.FusedMultiplyAdd(Vector512.Create(x9[row]), value, a10);
            a11 = Vector512.FusedMultiplyAdd(Vector512.Create(x9[two]), value, a11);
        }
        a0.Store(c);
        a1.Store(c += target);
        a2.Store(c += target);
        a3.Store(c += target);
        a4.Store(c += target);
        a5.Store(c += target);
        a6.Store(c += target);
        a7.Store(c += target);
        a8.Store(c += target);
        a9.Store(c += target);
        a10.Store(c += target);
        a11.Store(c + target);
    }
}
