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

    /// <summary>Checks that every file exists.</summary>
    /// <param name="root">Folder of the dataset.</param>
    /// <param name="files">Paths relative to the folder, or absolute paths below it.</param>
    /// <exception cref="VolumeException">Files are missing. The message names the first few.</exception>
    public static void Require(string root, IEnumerable<string> files)
    {
        string[] missing = [.. files.Distinct().Where(file => !File.Exists(Path.Combine(root, file)))];
        if (missing.Length == 0) return;
        string named = string.Join(", ", missing.Take(MostNamed).Select(file => $"'{(Path.IsPathRooted(file) ? Path.GetRelativePath(root, file) : file)}'"));
        throw new VolumeException($"'{root}' has no file {named}{(missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "")}.");
    }
}
