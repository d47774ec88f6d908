namespace HiEndMae.Imaging;

/// <summary>The disk is full. The data is not the cause. The incomplete file was deleted.</summary>
public sealed class DiskFullException : IOException
{
    // ENOSPC and EDQUOT of Linux and macOS; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows as results.
    private static readonly int[] Codes = [28, 122, 69, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    /// <summary>Creates the error.</summary>
    /// <param name="path">File that was being written.</param>
    /// <param name="inner">Error of the system.</param>
    public DiskFullException(string path, Exception inner) : base($"There is no space left on the disk for '{path}': free some, or write to another folder.", inner)
    {
    }

    /// <summary>Whether an error, or one of its inner exceptions, means that a disk or a quota is full.</summary>
    public static bool IsSaidBy(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is DiskFullException || (error is IOException && Array.IndexOf(Codes, error.HResult) >= 0)) return true;
        }
        return false;
    }
}
