#if NET
namespace HiEndMae.Configuration.Shared;

/// <summary>A lock between processes: a file that one process at a time holds. It ends with its process, however that ends; the file stays.</summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock, if no other process has it.</summary>
    /// <param name="path">The file. It and its folder are created where they are missing.</param>
    /// <returns>Null where another process, or another object of this one, holds the lock.</returns>
    /// <exception cref="IOException">The file cannot be created: the disk is full, or the folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there.</exception>
    public static FileLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }

    /// <summary>Returns whether the file exists and nobody holds its lock. The lock is taken for a moment.</summary>
    /// <param name="path">The file. It is not created.</param>
    public static bool IsFree(string path)
    {
        try
        {
            using var taken = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // The error number of the system; on Windows, ERROR_SHARING_VIOLATION as an HRESULT.
    private static bool IsHeld(IOException error) =>
        error.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
#endif
