using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HiEndMae.Bench.Data;

/// <summary>The system's page cache of a file.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    public static void Drop(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using SafeFileHandle file = File.OpenHandle(path);
        RandomAccess.FlushToDisk(file);
        _ = Advise((int)file.DangerousGetHandle(), 0, 0, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
