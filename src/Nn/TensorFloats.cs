using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Addresses of float32 tensors on the CPU, for kernels.</summary>
internal static unsafe class TensorFloats
{
    /// <summary>The address of a contiguous tensor's first element. It is valid while the tensor lives.</summary>
    public static float* Of(Tensor tensor) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>Allocates one tensor with room for several arrays, in the current dispose scope. Its values are undefined.</summary>
    /// <param name="lengths">Number of floats of each array.</param>
    public static Tensor Room(params ReadOnlySpan<long> lengths)
    {
        long sum = 0;
        foreach (long length in lengths) sum += Rounded(length);
        return empty(sum);
    }

    /// <summary>Takes the next array from a tensor that <see cref="Room"/> made.</summary>
    /// <param name="at">Start of the array; moves to the next one.</param>
    /// <param name="length">Floats of the array.</param>
    public static float* Take(ref float* at, long length)
    {
        float* taken = at;
        at += Rounded(length);
        return taken;
    }

    // Whole lines of the cache.
    private static long Rounded(long length) => (length + 15) / 16 * 16;
}
