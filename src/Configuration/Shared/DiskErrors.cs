#if NET
namespace HiEndMae.Configuration.Shared;

/// <summary>Recognises the system's errors of a full disk.</summary>
public static class DiskErrors
{
    /// <summary>Whether an exception, or one that caused it, says that the disk is full or that a quota or a limit on the size of files is reached.</summary>
    public static bool AreOfSpace(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is IOException && IsOfSpace(error.HResult)) return true;
        }
        return false;
    }

    // ENOSPC, EFBIG, EDQUOT of Linux and of macOS; on Windows, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL as HRESULTs.
    private static bool IsOfSpace(int code) => OperatingSystem.IsWindows() ? code is unchecked((int)0x80070070) or unchecked((int)0x80070027) : code is 28 or 27 or 122 or 69;
}
#endif
