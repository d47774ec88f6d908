using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Files that a dataset's description names.</summary>
internal static class ListedFiles
{
    private const int MostNamed = 5;

    /// <summary>Checks at once that every file, or folder of a DICOM series, is there.</summary>
    /// <param name="root">The dataset's folder.</param>
    /// <param name="paths">Absolute.</param>
    /// <exception cref="VolumeException">Some are missing; the first few are named.</exception>
    public static void RequireAny(string root, IEnumerable<string> paths) => Require(root, paths.Where(path => !Directory.Exists(path)));

    /// <summary>Checks at once that every file is there.</summary>
    /// <param name="root">The dataset's folder.</param>
    /// <param name="files">Relative to it, or absolute below it.</param>
    /// <exception cref="VolumeException">Some are missing; the first few are named.</exception>
    public static void Require(string root, IEnumerable<string> files)
    {
        string[] missing = [.. files.Distinct().Where(file => !File.Exists(Path.Combine(root, file)))];
        if (missing.Length == 0) return;
        string named = string.Join(", ", missing.Take(MostNamed).Select(file => $"'{(Path.IsPathRooted(file) ? Path.GetRelativePath(root, file) : file)}'"));
        throw new VolumeException($"'{root}' has no file {named}{(missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "")}.");
    }
}
