namespace HiEndMae.Imaging;

/// <summary>Opens, reads and writes files of all formats.</summary>
internal static class VolumeFile
{
    private const int Buffer = 1 << 18, LongestPointer = 1 << 10;

    private static ReadOnlySpan<byte> LfsPointer => "version https://git-lfs"u8;

    private static ReadOnlySpan<byte> AnnexPointer => "/annex/objects/"u8;

    /// <summary>Opens a file to read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Bytes of the buffer; 0 for none.</param>
    /// <exception cref="VolumeException">The file is empty, or a pipe or a device, which could not be left again once it is opened.</exception>
    public static FileStream Open(string path, int buffer = Buffer)
    {
        if (IsEmpty(path)) throw new VolumeException($"'{path}' is empty, or it is not a file but a pipe or a device.");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, buffer, FileOptions.SequentialScan);
        if (file.Length > LongestPointer || !IsPointer(file)) return file;
        file.Dispose();
        throw new VolumeException($"'{path}' is a pointer to content that is not here; fetch it first (git lfs pull, git annex get, or datalad get).");
    }

    /// <summary>Whether a file exists and has the length 0. Pipes, sockets and devices have that length too, and opening them could block.</summary>
    public static bool IsEmpty(string path) => RealPaths.FileAt(path) is { Exists: true, Length: 0 };

    // Git LFS and unlocked files of git-annex put a few lines of text in the place of content that is not fetched.
    private static bool IsPointer(FileStream file)
    {
        Span<byte> start = stackalloc byte[LfsPointer.Length];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..read].StartsWith(LfsPointer) || start[..read].StartsWith(AnnexPointer);
    }

    /// <summary>Opens a file at a byte offset.</summary>
    public static FileStream OpenAt(string path, long start)
    {
        FileStream file = Open(path);
        file.Position = start;
        return file;
    }

    /// <summary>Runs a reader and turns its errors into a <see cref="VolumeException"/> that names the file.</summary>
    public static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VolumeException($"The file '{(error as FileNotFoundException)?.FileName ?? path}' does not exist.", error);
        }
        catch (EndOfStreamException error)
        {
            throw new VolumeException($"'{path}' is truncated: it ends before its data do.", error);
        }
        catch (OutOfMemoryException error)
        {
            throw new VolumeException($"'{path}' is too large for the memory of this machine.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <summary>Writes several files to temporary names, and renames them in the given order when all are complete and on the disk.</summary>
    /// <exception cref="DiskFullException">The disk is full. Nothing is left of the files.</exception>
    /// <exception cref="VolumeException">The disk refuses for another reason.</exception>
    public static void Replace(string[] paths, Action<FileStream[]> write)
    {
        string id = Guid.NewGuid().ToString("N");
        string[] partial = [.. paths.Select(path => $"{path}.{id}.partial")];
        var files = new FileStream?[paths.Length];
        try
        {
            for (int i = 0; i < files.Length; i++) files[i] = new FileStream(partial[i], FileMode.CreateNew, FileAccess.Write, FileShare.None, Buffer);
            write(files!);
            foreach (FileStream? file in files)
            {
                file!.Flush(flushToDisk: true);
                file.Dispose();
            }
            for (int i = 0; i < files.Length; i++) File.Move(partial[i], paths[i], overwrite: true);
        }
        catch (Exception error) when (DiskFullException.IsSaidBy(error))
        {
            throw new DiskFullException(paths[^1], error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException($"'{paths[^1]}' cannot be written: {error.Message.TrimEnd('.')}.", error);
        }
        finally
        {
            foreach (FileStream? file in files) Close(file);
            foreach (string path in partial) Remove(path);
        }
    }

    // Closing writes what is still buffered, which fails again on a full disk.
    internal static void Close(Stream? file)
    {
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // The first error is the one to tell.
        }
    }

    internal static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is reported. A leftover temporary file is never read.
        }
    }
}
