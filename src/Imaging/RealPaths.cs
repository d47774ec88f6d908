namespace HiEndMae.Imaging;

/// <summary>Resolves links to the real file or folder. Resolved folders are cached. Not thread-safe.</summary>
public sealed class RealPaths
{
    private readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);

    /// <summary>Returns the absolute path with all links resolved.</summary>
    /// <param name="path">Path of a file or folder. Broken and circular links are kept.</param>
    public string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        if (!folders.TryGetValue(parent, out string? real)) folders[parent] = real = Of(parent);
        string here = Path.Combine(real, Path.GetFileName(full));
        return Target(here) is { } target ? Of(target) : here;
    }

    /// <summary>Returns the target of a link, or the file itself.</summary>
    /// <remarks>Resolves only the last part of the path, which is enough to detect changed content.</remarks>
    public static FileInfo FileAt(string path)
    {
        var file = new FileInfo(path);
        return Target(path) is { } target ? new FileInfo(target) : file;
    }

    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
