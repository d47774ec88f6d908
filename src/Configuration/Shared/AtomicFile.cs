#if NET
using System.Text;

namespace HiEndMae.Configuration.Shared;

/// <summary>Writes files that are either complete or not there: the content goes to a file beside the target, is flushed to the disk, and is then renamed.</summary>
/// <remarks>Several processes may write the same target; the last one wins. A process that is killed while it writes leaves a file that ends in <see cref="Unfinished"/>.</remarks>
public static class AtomicFile
{
    /// <summary>Ending of files that are being written.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The target. Its folder is created if it does not exist.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="IOException">The file cannot be written, for example because the disk is full. An old target is untouched.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The target. Its folder is created if it does not exist.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <exception cref="IOException">The file cannot be written, for example because the disk is full. An old target is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path), beside = $"{full}.{Guid.NewGuid():N}{Unfinished}";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, full, overwrite: true);
        }
        catch
        {
            // The original error says more than an error of deleting would.
            try
            {
                File.Delete(beside);
            }
            catch (IOException)
            {
            }
            throw;
        }
    }
}
#endif
