using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs.Memory;

/// <summary>Replaces libtorch's allocator of CPU tensors by an <see cref="Arena"/>, in which a freed block serves the next request of its size.</summary>
/// <remarks>
/// Gap: libtorch allocates tensors with <c>posix_memalign</c>, and glibc before 2.38 cannot reuse a freed block for the same request, because the block lacks the room to align in. Resident
/// memory grows with every step (not reported upstream; glibc mended it in 2.38). Shown by: TensorMemoryTests; measured in docs/explanation/performance.md, "Memory of tensors".
/// Remove it once every supported system has glibc 2.38 or later.
/// The allocator is installed through <c>c10::SetCPUAllocator</c>. It is an object whose table of virtual functions is copied from the default allocator, with other functions for allocate and
/// raw_deleter. The layout of this table and of the returned DataPtr depends on the C++ ABI. So the allocator is installed only on Linux x64, only for the version of libtorch that it was
/// written for, and only after a probe of the default allocator has shown the expected layout.
/// Requests that exceed the machine's memory go to the default allocator, which throws libtorch's usual exception (<see cref="AllocationThunk"/>).
/// </remarks>
public static unsafe class TensorMemory
{
    private const int AllocateSlot = 2, DeleterSlot = 4, NumSlots = 8, HiddenWords = 2;
    private const long Gibibyte = 1L << 30;
    private static readonly Lock Gate = new();
    private static Arena? arena;
    private static long limit, refused;

    /// <summary>Whether the allocator is installed.</summary>
    public static bool IsInstalled => arena is not null;

    /// <summary>Bytes of all live tensors.</summary>
    public static long UsedBytes => arena?.Used ?? 0;

    /// <summary>Largest extent of tensors and the gaps between them so far, in bytes. No more than this can be resident.</summary>
    public static long PeakBytes => arena?.Reach ?? 0;

    /// <summary>Bytes of the last tensor that was refused because the machine or the container has too little memory; 0 if none was refused.</summary>
    public static long RefusedBytes => Interlocked.Read(ref refused);

    /// <summary>Largest number of bytes that all tensors together may take.</summary>
    public static long LimitBytes => limit;

    /// <summary>Returns the memory of tensors that no longer exist to the system. Call it when other memory is needed. The next tensors touch new pages again, which takes time.</summary>
    public static void ReleaseUnused()
    {
        const int DontNeed = 4;
        arena?.ReleaseFree(static (first, bytes) => _ = Advise(first, (nuint)bytes, DontNeed));
    }

    /// <summary>Installs the allocator. Existing tensors keep their memory. A second call does nothing.</summary>
    /// <returns>Null, or the reason why libtorch's own allocator stays in use.</returns>
    public static string? Install()
    {
        lock (Gate)
        {
            if (arena is not null) return null;
            if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return "it is made for Linux on x64";
            if (typeof(torch).Assembly.GetName().Version is not { Major: 0, Minor: 107 } ) return "it is made for TorchSharp 0.107";
            torch.InitializeDeviceType(DeviceType.CPU);
            nint library = LibtorchContext.Open("libc10.so");
            if (!NativeLibrary.TryGetExport(library, "_ZN3c1015SetCPUAllocatorEPNS_9AllocatorEh", out nint set) || !NativeLibrary.TryGetExport(library, "_ZN3c1015GetCPUAllocatorEv", out nint get))
                return "libc10 does not export c10::SetCPUAllocator";
            nint* current = ((delegate* unmanaged<nint*>)get)();
            if (!LooksAsExpected(current)) return "libtorch's allocator does not look as expected";
            nint allocate = AllocationThunk.Create((nint)(delegate* unmanaged<DataPtr*, nint, nuint, DataPtr*>)&Allocate, (nint)current, ((nint*)*current)[AllocateSlot]);
            if (allocate == 0) return "the system lets no code be made at run time";
            if (Reserve() is not { } memory) return "the system gives no address space for it";
            limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            arena = new Arena(memory.Start, memory.Length);
            ((delegate* unmanaged<nint*, byte, void>)set)(Substitute((nint*)*current, allocate), 0);
            return null;
        }
    }

    // A DataPtr consists of the data, the deleter, the context that the deleter receives (here the data itself), and the device: index -1, type 0 for CPU.
    private static bool LooksAsExpected(nint* allocator)
    {
        var table = (nint*)*allocator;
        DataPtr result = default;
        ((delegate* unmanaged<DataPtr*, nint*, nuint, nint>)table[AllocateSlot])(&result, allocator, 128);
        nint deleter = ((delegate* unmanaged<nint*, nint>)table[DeleterSlot])(allocator);
        bool expected = result.Data != null && result.Context == result.Data && result.Deleter == deleter && deleter != 0 && (result.Device & 0xffff) == 0xff00;
        if (expected) ((delegate* unmanaged<void*, void>)deleter)(result.Context);
        return expected;
    }

    private static nint* Substitute(nint* table, nint allocate)
    {
        var words = (nint*)NativeMemory.AllocZeroed(NumSlots + HiddenWords + 1, (nuint)sizeof(nint));
        // Before the functions come the offset to the whole object and its type.
        for (int i = 0; i < NumSlots - 2 + HiddenWords; i++) words[i] = table[i - HiddenWords];
        words[HiddenWords + AllocateSlot] = allocate;
        words[HiddenWords + DeleterSlot] = (nint)(delegate* unmanaged<nint, nint>)&RawDeleter;
        nint* self = words + HiddenWords + NumSlots;
        *self = (nint)(words + HiddenWords);
        return self;
    }

    // Returns null if there is too little memory. The default allocator then throws.
    [UnmanagedCallersOnly]
    private static DataPtr* Allocate(DataPtr* result, nint self, nuint bytes)
    {
        Arena all = arena!;
        void* data = bytes == 0 || bytes > (ulong)limit || all.Used > limit - (long)bytes ? null : all.Take(bytes);
        if (data == null && bytes != 0)
        {
            Interlocked.Exchange(ref refused, (long)Math.Min(bytes, long.MaxValue));
            return null;
        }
        result->Data = result->Context = data;
        result->Deleter = (nint)(delegate* unmanaged<void*, void>)&Free;
        result->Device = 0xff00;
        return result;
    }

    [UnmanagedCallersOnly]
    private static nint RawDeleter(nint self) => (nint)(delegate* unmanaged<void*, void>)&Free;

    [UnmanagedCallersOnly]
    private static void Free(void* data)
    {
        if (data != null) arena!.Give(data);
    }

    // Reserves address space only: a page exists once something is written to it. The range is larger than the memory, because scattered blocks leave gaps.
    private static (nint Start, long Length)? Reserve()
    {
        const int ReadWrite = 3, PrivateAnonymousNoReserve = 0x4022, HugePages = 14;
        long most = Math.Max(4 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 64 * Gibibyte) / Gibibyte * Gibibyte;
        for (long length = most; length >= Gibibyte; length /= 2)
        {
            nint start = Map(0, (nuint)length, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
            if (start == -1) continue;
            // A kernel without huge pages refuses, and small pages are used.
            _ = Advise(start, (nuint)length, HugePages);
            return (start, length / Arena.Alignment * Arena.Alignment);
        }
        return null;
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [DllImport("libc", EntryPoint = "madvise", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint address, nuint length, int advice);

    private struct DataPtr
    {
        public void* Data;
        public nint Deleter;
        public void* Context;
        public ulong Device;
    }
}
