using System.Text;
using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Loading;

/// <summary>Files on disk, each read once.</summary>
internal sealed class ExperimentFileReader
{
    // A thousand times the largest experiment; what is larger is some other file.
    private const long MostBytes = 16 << 20;

    private readonly Dictionary<string, ParsedFile> files = new(StringComparer.Ordinal);

    /// <summary>The file that a user names; its diagnostics say where it cannot be read.</summary>
    public static ParsedFile Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes }) return Unreadable(path, "it is larger than 16 MiB");
            // Bytes that are no UTF-8 become U+FFFD, which the reader reports at its place, as a compiler does.
            return ParsedFile.Parse(File.ReadAllText(path, Encoding.UTF8), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, error.Message);
        }
    }

    /// <summary>A file that another extends; null where there is none.</summary>
    public ParsedFile? Find(string path)
    {
        if (files.TryGetValue(path, out ParsedFile? known)) return known;
        return File.Exists(path) ? files[path] = Read(path) : null;
    }

    private static ParsedFile Unreadable(string path, string why) =>
        new(path, null, [new ConfigDiagnostic("HEM002", true, $"cannot read the file: {why}", new SourceSpan(path, 1, 1))]);
}
