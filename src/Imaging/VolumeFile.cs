namespace HiEndMae.Imaging;

/// <summary>Opening and reading files, for every format.</summary>
internal static class VolumeFile
{
    private const int Buffer = 1 << 18;

    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.SequentialScan);

    /// <summary>Runs a reader; what is wrong with a file is an error of the file.</summary>
    public static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VolumeException($"There is no file '{(error as FileNotFoundException)?.FileName ?? path}'.", error);
        }
        catch (EndOfStreamException error)
        {
            throw new VolumeException($"'{path}' is cut off: it ends before its data do.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }
}
