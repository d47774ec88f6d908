using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Converts locations of artifacts between MLflow's notation and paths of the file system.</summary>
internal static class ArtifactPaths
{
    private const long SmallestLinked = 1 << 20;

    /// <summary>Returns a local folder in MLflow's notation: the absolute path, or a file URI on Windows.</summary>
    public static string ToLocation(string folder)
    {
        string full = Path.GetFullPath(folder);
        return OperatingSystem.IsWindows() ? new Uri(full).AbsoluteUri : full;
    }

    /// <summary>Returns the folder of a location, or null if this machine cannot reach it as a file system.</summary>
    public static string? ToFolder(string? location)
    {
        if (string.IsNullOrEmpty(location)) return null;
        if (location.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return Uri.TryCreate(location, UriKind.Absolute, out Uri? uri) && uri.Host.Length == 0 ? uri.LocalPath : null;
        // A relative path would be relative to the working directory of an unknown server.
        return Path.IsPathFullyQualified(location) ? location : null;
    }

    /// <summary>Splits the folder of an artifact into its parts.</summary>
    /// <exception cref="TrackingException">The path is not inside the run's artifacts.</exception>
    public static string[] Split(string folder)
    {
        string[] parts = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (folder.StartsWith('/') || parts.Any(static part => part is "." or ".." || part.Contains('\\', StringComparison.Ordinal)))
            throw new TrackingException($"The artifact path '{folder}' leaves the run's artifacts; use a path such as figures/step-100.");
        return parts;
    }

    /// <summary>Copies a file. At any moment the target is either the complete old file or the complete new one.</summary>
    public static void Copy(string file, string folder)
    {
        using FileStream source = File.OpenRead(file);
        AtomicFile.Write(Path.Combine(folder, Path.GetFileName(file)), source.CopyTo);
    }

    /// <summary>Like <see cref="Copy"/>, but makes a hard link for a large file if the file system supports it. Use it only for files that never change.</summary>
    public static void Link(string file, string folder)
    {
        string target = Path.Combine(folder, Path.GetFileName(file));
        if (File.Exists(target) && new FileInfo(target).Length == new FileInfo(file).Length) return; // by an earlier attempt
        Directory.CreateDirectory(folder);
        if (new FileInfo(file).Length < SmallestLinked || !HardLink.TryCreate(file, target)) Copy(file, folder);
    }

    /// <summary>Copies a file, or a folder with its contents.</summary>
    /// <param name="source">The file or folder.</param>
    /// <param name="target">The path of the copy.</param>
    /// <returns>The number of copied files; 0 if the source does not exist.</returns>
    public static int CopyTree(string source, string target)
    {
        if (File.Exists(source))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target, overwrite: true);
            return 1;
        }
        if (!Directory.Exists(source)) return 0;
        string[] files = Directory.GetFiles(source, "*", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
        return files.Length;
    }
}
