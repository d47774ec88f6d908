using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace HiEndMae.TorchRepairs.Memory;

/// <summary>Memory of CPU tensors from one range that is used again and again, in the place of the C library's.</summary>
/// <remarks>
/// libtorch takes every tensor's memory from posix_memalign. The blocks that glibc's gets back cannot serve the same request again, because they lack
/// the room to align in: a training process grows by hundreds of megabytes a step, and each step pays for new pages. Here a freed block serves the next
/// request of its size, with pages (huge ones, where the kernel has them) that are there already.
/// The allocator is put in place through libtorch's own <c>c10::SetCPUAllocator</c>: an object whose table of functions is the default allocator's but
/// for allocate and raw_deleter. What that table and the returned DataPtr look like is a matter of the platform's C++ ABI, so this is done on Linux x64
/// only, for the version of libtorch that it was made for, and after a probe of the default allocator has shown the expected layout.
/// What is too much for the machine goes to the default allocator as a request that it must refuse: its C++ exception reaches the caller as any error of libtorch does,
/// while one cannot leave a function of .NET. So between both stands a piece of machine code (<see cref="AllocationThunk"/>).
/// </remarks>
public static unsafe class TensorMemory
{
    private const int AllocateSlot = 2, DeleterSlot = 4, NumSlots = 8, HiddenWords = 2;
    private const long Gibibyte = 1L << 30;
    private static readonly Lock Gate = new();
    private static Arena? arena;
    private static long limit, refused;

    /// <summary>Whether tensors come from here.</summary>
    public static bool IsInstalled => arena is not null;

    /// <summary>Bytes that tensors hold now.</summary>
    public static long UsedBytes => arena?.Used ?? 0;

    /// <summary>The most bytes that tensors and the gaps between them ever took: all that can be resident.</summary>
    public static long PeakBytes => arena?.Reach ?? 0;

    /// <summary>Bytes of the last tensor that was refused because tensors would have taken more than the machine, or the process's container, has; 0 where none was.</summary>
    public static long RefusedBytes => Interlocked.Read(ref refused);

    /// <summary>Bytes that tensors may take together.</summary>
    public static long LimitBytes => limit;

    /// <summary>Returns the memory of tensors that no longer exist to the system. It is for moments at which other memory is needed: the next tensors pay for their pages again.</summary>
    public static void ReleaseUnused()
    {
        const int DontNeed = 4;
        arena?.ReleaseFree(static (first, bytes) => _ = Advise(first, (nuint)bytes, DontNeed));
    }

    /// <summary>Takes over from libtorch's allocator; tensors that exist keep their memory. Does nothing a second time.</summary>
    /// <returns>Null, or why tensors stay with libtorch's own allocator.</returns>
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

    // A DataPtr is the data, the deleter, the context that is to be deleted (the data itself), and the device: -1 for index, 0 for CPU.
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
        // Before the functions stand the offset to the whole object and its type.
        for (int i = 0; i < NumSlots - 2 + HiddenWords; i++) words[i] = table[i - HiddenWords];
        words[HiddenWords + AllocateSlot] = allocate;
        words[HiddenWords + DeleterSlot] = (nint)(delegate* unmanaged<nint, nint>)&RawDeleter;
        nint* self = words + HiddenWords + NumSlots;
        *self = (nint)(words + HiddenWords);
        return self;
    }

    // Null where there is not so much: the default allocator then says so.
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

    // Address space alone: a page is there when something is written to it. More than there is memory, since blocks that lie scattered leave gaps.
    private static (nint Start, long Length)? Reserve()
    {
        const int ReadWrite = 3, PrivateAnonymousNoReserve = 0x4022, HugePages = 14;
        long most = Math.Max(4 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 64 * Gibibyte) / Gibibyte * Gibibyte;
        for (long length = most; length >= Gibibyte; length /= 2)
        {
            nint start = Map(0, (nuint)length, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
            if (start == -1) continue;
            // Where the kernel has no huge pages it says so, and small ones do.
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
