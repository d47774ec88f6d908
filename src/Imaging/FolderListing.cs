namespace HiEndMae.Imaging;

/// <summary>Lists folders of data. Hidden entries are left out: names that begin with a dot, such as <c>.DS_Store</c>, <c>._scan.nii.gz</c> (AppleDouble), <c>.git</c> and
/// <c>.datalad</c>.</summary>
public static class FolderListing
{
    /// <summary>Whether a name is hidden.</summary>
    /// <param name="path">A path or a name.</param>
    public static bool IsHidden(string path) => Path.GetFileName(path.AsSpan()) is ['.', not '.', ..] or ['.', '.', _, ..];

    /// <summary>Returns the files directly in a folder, ordered by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> Files(string folder) => [.. Directory.EnumerateFiles(folder).Where(path => !IsHidden(path)).Order(StringComparer.Ordinal)];

    /// <summary>Returns the folders directly in a folder, ordered by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> Folders(string folder) => [.. Directory.EnumerateDirectories(folder).Where(path => !IsHidden(path)).Order(StringComparer.Ordinal)];
}
