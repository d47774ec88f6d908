using System.Runtime.InteropServices;

namespace HiEndMae.TorchRepairs.Memory;

/// <summary>
/// Machine code for x64 (System V calling convention) that replaces an allocator's <c>DataPtr allocate(size_t)</c>. It calls a function of .NET. If that returns null, it jumps to libtorch's
/// own allocator with a size that no machine has, and libtorch throws its exception. The jump leaves no frame of .NET on the stack, which a C++ exception could not pass.
/// </summary>
internal static unsafe class AllocationThunk
{
    private const nuint Page = 4096;
    private const long TooMuch = 1L << 62;
    private const int ReadWrite = 3, ReadExecute = 5, PrivateAnonymous = 0x22;

    /// <summary>Writes the code. It stays for the life of the process.</summary>
    /// <param name="first">The function of .NET: (result, self, bytes) to result, or null.</param>
    /// <param name="fallback">libtorch's own allocator.</param>
    /// <param name="allocate">The allocate function of <paramref name="fallback"/>.</param>
    /// <returns>Address of the code; 0 if the system forbids code that is made at run time.</returns>
    public static nint Create(nint first, nint fallback, nint allocate)
    {
        nint memory = TensorMemory.Map(0, Page, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == -1) return 0;
        byte[] code =
        [
            0x57, 0x56, 0x52, // push rdi, rsi, rdx: result, self, bytes; the stack is aligned now
            0x48, 0xb8, .. BitConverter.GetBytes(first), // mov rax, first
            0xff, 0xd0, // call rax
            0x5a, 0x5e, 0x5f, // pop rdx, rsi, rdi
            0x48, 0x85, 0xc0, // test rax, rax
            0x74, 0x01, // jz over the next
            0xc3, // ret
            0x48, 0xbe, .. BitConverter.GetBytes(fallback), // mov rsi, fallback
            0x48, 0xba, .. BitConverter.GetBytes(TooMuch), // mov rdx, bytes
            0x48, 0xb8, .. BitConverter.GetBytes(allocate), // mov rax, allocate
            0xff, 0xe0, // jmp rax
        ];
        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        return Protect(memory, Page, ReadExecute) == 0 ? memory : 0;
    }

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(nint address, nuint length, int protection);
}
