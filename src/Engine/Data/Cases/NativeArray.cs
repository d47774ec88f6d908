using System.Runtime.InteropServices;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Allocated memory outside the managed heap. Its content is undefined until it is written.</summary>
internal sealed unsafe class NativeArray : ICaseArray
{
    private const nuint Alignment = 64;
    private void* address;

    public NativeArray(long bytes) => address = NativeMemory.AlignedAlloc((nuint)Math.Max(1, bytes), Alignment);

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
