using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Files that a dataset's description names.</summary>
internal static class ListedFiles
{
    private const int MostNamed = 5;

    /// <summary>Checks that every file, or folder of a DICOM series, exists.</summary>
    /// <param name="root">Folder of the dataset.</param>
    /// <param name="paths">Absolute.</param>
    /// <exception cref="VolumeException">Files are missing. The message names the first few.</exception>
    public static void RequireAny(string root, IEnumerable<string> paths) => Require(root, paths.Where(path => !Directory.Exists(path)));

    /// <summary>Whether a file exists. A link whose target is missing does not count as a file, although the system reports it.</summary>
    public static bool Exists(string path) => File.Exists(path) && RealPaths.FileAt(path).Exists;

    // A file in a folder without permission seems to be missing.
    private static bool IsClosed(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Checks that every file exists.</summary>
    /// <param name="root">Folder of the dataset.</param>
    /// <param name="files">Paths relative to the folder, or absolute paths below it.</param>
    /// <exception cref="VolumeException">Files are missing. The message names the first few.</exception>
    public static void Require(string root, IEnumerable<string> files)
    {
        string[] missing = [.. files.Distinct().Where(file => !Exists(Path.Combine(root, file)))];
        if (missing.Length == 0) return;
        if (missing.Select(file => Path.GetDirectoryName(Path.Combine(root, file))!).Distinct().FirstOrDefault(IsClosed) is { } closed)
            throw new VolumeException($"The folder '{closed}' cannot be read: access is denied.");
        // git-annex and DataLad leave a link to content that is not fetched yet.
        bool isDangling = missing.Any(file => new FileInfo(Path.Combine(root, file)).LinkTarget is not null);
        string named = string.Join(", ", missing.Take(MostNamed).Select(file => $"'{(Path.IsPathRooted(file) ? Path.GetRelativePath(root, file) : file)}'"));
        throw new VolumeException($"'{root}' has no file {named}{(missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "")}{(isDangling ? ": there is a link whose target is missing; fetch the content first (git annex get, or datalad get)" : "")}.");
    }
}
