using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Address of the values of a tensor.</summary>
internal static class TensorAddress
{
    /// <summary>Address of the first value of a contiguous tensor on CPU, valid for as long as the tensor.</summary>
    public static unsafe nint Of(Tensor tensor)
    {
        // A view of the first value alone, because a span of all bytes ends at 2 GiB.
        using Tensor first = tensor.view(-1).narrow(0, 0, 1);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
