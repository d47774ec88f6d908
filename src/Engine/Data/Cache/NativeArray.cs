using System.Runtime.InteropServices;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>Bytes outside the collector's heap.</summary>
internal sealed unsafe class NativeArray : IDisposable
{
    private const nuint Alignment = 64;
    private void* address;

    public NativeArray(ReadOnlySpan<byte> values)
    {
        address = NativeMemory.AlignedAlloc((nuint)Math.Max(1, values.Length), Alignment);
        values.CopyTo(new Span<byte>(address, values.Length));
    }

    ~NativeArray() => Free();

    public nint Address => (nint)address;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(address);
        address = null;
    }
}
