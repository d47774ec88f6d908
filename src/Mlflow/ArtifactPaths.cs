using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Where artifacts lie, in MLflow's spelling and in the file system's.</summary>
internal static class ArtifactPaths
{
    /// <summary>How MLflow writes a local folder: the absolute path, and on Windows a file URI.</summary>
    public static string ToLocation(string folder)
    {
        string full = Path.GetFullPath(folder);
        return OperatingSystem.IsWindows() ? new Uri(full).AbsoluteUri : full;
    }

    /// <summary>The folder that a location names, or null if it is somewhere that this machine's file system does not reach.</summary>
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
            throw new TrackingException($"The artifact folder '{folder}' is no path below the run's artifacts; use one such as figures/step-100.");
        return parts;
    }

    /// <summary>Copies a file so that at any moment there is the complete old file or the complete new one.</summary>
    public static void Copy(string file, string folder)
    {
        using FileStream source = File.OpenRead(file);
        AtomicFile.Write(Path.Combine(folder, Path.GetFileName(file)), source.CopyTo);
    }
}
