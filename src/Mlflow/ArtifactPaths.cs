using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Where artifacts lie, in MLflow's spelling and in the file system's.</summary>
internal static class ArtifactPaths
{
    private const long SmallestLinked = 1 << 20;

    /// <summary>How MLflow writes a local folder: the absolute path, and on Windows a file URI.</summary>
    public static string ToLocation(string folder)
    {
        string full = Path.GetFullPath(folder);
        return OperatingSystem.IsWindows() ? new Uri(full).AbsoluteUri : full;
    }

    /// <summary>The folder that a location names, or null if it is not on a file system that this machine reaches.</summary>
    public static string? ToFolder(string? location)
    {
        if (string.IsNullOrEmpty(location)) return null;
        if (location.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return Uri.TryCreate(location, UriKind.Absolute, out Uri? uri) && uri.Host.Length == 0 ? uri.LocalPath : null;
        // A relative path would mean the folder in which some server was started.
        return Path.IsPathFullyQualified(location) ? location : null;
    }

    /// <summary>The folders of an artifact path.</summary>
    /// <exception cref="TrackingException">The path would leave the run's artifacts.</exception>
    public static string[] Split(string folder)
    {
        string[] parts = folder.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (folder.StartsWith('/') || parts.Any(static part => part is "." or ".." || part.Contains('\\', StringComparison.Ordinal)))
            throw new TrackingException($"The artifact path '{folder}' is no path below the run's artifacts; use one such as figures/step-100.");
        return parts;
    }

    /// <summary>Copies a file so that at any moment there is the complete old file or the complete new one.</summary>
    public static void Copy(string file, string folder)
    {
        using FileStream source = File.OpenRead(file);
        AtomicFile.Write(Path.Combine(folder, Path.GetFileName(file)), source.CopyTo);
    }

    /// <summary>As <see cref="Copy"/>, but a large file becomes a second name of the same content where the file system can do that. For files that never change.</summary>
    public static void Link(string file, string folder)
    {
        string target = Path.Combine(folder, Path.GetFileName(file));
        if (File.Exists(target) && new FileInfo(target).Length == new FileInfo(file).Length) return; // by an earlier attempt
        Directory.CreateDirectory(folder);
        if (new FileInfo(file).Length < SmallestLinked || !HardLink.TryCreate(file, target)) Copy(file, folder);
    }

    /// <summary>Copies a file, or a folder with all that is in it.</summary>
    /// <param name="source">The file or folder.</param>
    /// <param name="target">What it becomes.</param>
    /// <returns>How many files were copied; 0 where there is nothing.</returns>
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
