namespace HiEndMae.Runs.Models;

/// <summary>The layout of a bundle: a zip file with a fine-tuned model and everything that prediction needs.</summary>
internal static class ModelBundle
{
    /// <summary>Ending of bundles.</summary>
    public const string Extension = ".zip";

    /// <summary>The file that lists every other file with its SHA-256.</summary>
    public const string ListFile = "bundle.json";

    /// <summary>The model card for people.</summary>
    public const string CardFile = "README.md";

    /// <summary>Folder with the parts of a run directory.</summary>
    public const string RunFolder = "run";

    /// <summary>Folder with a folder per plugin.</summary>
    public const string PluginFolder = "plugins";

    /// <summary>Version of the layout.</summary>
    public const int Version = 1;

    /// <summary>Whether a path may be a bundle.</summary>
    public static bool IsOne(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) && File.Exists(path);
}
