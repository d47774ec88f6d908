using System.Text;
using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Loading;

/// <summary>Reads experiment files from the disk, each once.</summary>
internal sealed class ExperimentFileReader
{
    // A thousand times the largest experiment. A larger file is not an experiment.
    private const long MostBytes = 16 << 20;

    private readonly Dictionary<string, ParsedFile> files = new(StringComparer.Ordinal);

    /// <summary>Reads the file that the user names. If it cannot be read, the result has a diagnostic.</summary>
    public static ParsedFile Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes }) return Unreadable(path, "it is larger than 16 MiB");
            // Invalid UTF-8 becomes U+FFFD, which the reader reports at its position, as in the compiler.
            return ParsedFile.Parse(File.ReadAllText(path, Encoding.UTF8), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unreadable(path, error.Message);
        }
    }

    /// <summary>Reads a file that another one extends. Returns null if it does not exist.</summary>
    public ParsedFile? Find(string path)
    {
        if (files.TryGetValue(path, out ParsedFile? known)) return known;
        return File.Exists(path) ? files[path] = Read(path) : null;
    }

    private static ParsedFile Unreadable(string path, string why) =>
        new(path, null, [new ConfigDiagnostic("HEM002", true, $"cannot read the file: {why}", new SourceSpan(path, 1, 1))]);
}
