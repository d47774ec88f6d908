namespace HiEndMae.Imaging;

/// <summary>Finds the file or folder at the end of links. Folders that were resolved are remembered. Not thread-safe.</summary>
public sealed class RealPaths
{
    private readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);

    /// <summary>The absolute path with every link on it followed.</summary>
    /// <param name="path">A file or folder. Links that lead nowhere, or in a circle, are kept as they are.</param>
    public string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        if (!folders.TryGetValue(parent, out string? real)) folders[parent] = real = Of(parent);
        string here = Path.Combine(real, Path.GetFileName(full));
        return Target(here) is { } target ? Of(target) : here;
    }

    /// <summary>The file at the end of a link, or the file itself.</summary>
    /// <remarks>Only the last part of the path is followed, which is enough to see whether the content changed.</remarks>
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
