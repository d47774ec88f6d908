using System.Numerics;
using System.Runtime.CompilerServices;

namespace HiEndMae.Engine.Collectives;

/// <summary>The order in which parts are added: the sum of a range is the sum of its first half plus the sum of its second. The first half of an odd number is the smaller one.</summary>
/// <remarks>
/// Floating-point sums depend on their order. The micro-batches of a step are added by this tree in one process and in several. If the number of processes is a power of
/// two that divides the number of micro-batches, the parts of a process are a subtree, and the sum has the same bits however many processes there are.
/// </remarks>
public static unsafe class SumTree
{
    /// <summary>Returns the sum.</summary>
    public static double Of(ReadOnlySpan<double> parts)
    {
        if (parts.Length <= 1) return parts.Length == 0 ? 0 : parts[0];
        int half = parts.Length / 2;
        return Of(parts[..half]) + Of(parts[half..]);
    }

    /// <summary>Sums consecutive arrays into the first one. The others are overwritten.</summary>
    /// <param name="arrays">The first element of the first array.</param>
    /// <param name="count">Number of arrays, at least 1.</param>
    /// <param name="length">Elements of each.</param>
    internal static void Of(float* arrays, int count, long length)
    {
        if (count == 1) return;
        int half = count / 2;
        float* second = arrays + half * length;
        Of(arrays, half, length);
        Of(second, count - half, length);
        Add(arrays, second, length);
    }

    private static void Add(float* to, float* from, long length)
    {
        long i = 0;
        int width = Vector<float>.Count;
        for (; i <= length - width; i += width) Unsafe.WriteUnaligned(to + i, Unsafe.ReadUnaligned<Vector<float>>(to + i) + Unsafe.ReadUnaligned<Vector<float>>(from + i));
        for (; i < length; i++) to[i] += from[i];
    }
}
