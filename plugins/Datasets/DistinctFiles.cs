using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Detects files that were found before under another path: through a link, or by another pattern. Each file is used once, and every other path is reported.</summary>
/// <param name="root">The dataset's folder.</param>
/// <param name="warn">Receives a warning for the user.</param>
internal sealed class DistinctFiles(string root, Action<string> warn)
{
    private readonly RealPaths paths = new();
    private readonly Dictionary<string, string> seen = new(StringComparer.Ordinal);

    /// <summary>Whether a file is found for the first time.</summary>
    /// <param name="path">Absolute path.</param>
    public bool Add(string path)
    {
        string real = paths.Of(path);
        if (seen.TryAdd(real, path)) return true;
        if (seen[real] != path) warn($"'{Name(path)}' is the same file as '{Name(seen[real])}' in '{root}'; it counts once.");
        return false;
    }

    /// <summary>Returns the files of a list without duplicates. Of several paths to one file, the one that is not a link is kept.</summary>
    /// <param name="found">Absolute paths.</param>
    public IEnumerable<string> Of(IEnumerable<string> found) => [.. found.OrderBy(path => paths.Of(path) != path).Where(Add).Order(StringComparer.Ordinal)];

    private string Name(string path) => Path.GetRelativePath(root, path);
}
