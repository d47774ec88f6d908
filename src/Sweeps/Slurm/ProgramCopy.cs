using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>A copy of the program for jobs, so that a later build does not change them. Submissions of the same version share a copy.</summary>
internal static class ProgramCopy
{
    /// <summary>The copy's folder of plugins that users have added.</summary>
    public const string AddedPlugins = "added-plugins";

    /// <summary>Creates the copy if there is none of this version.</summary>
    /// <param name="program">The program's folder, with its plugins.</param>
    /// <param name="root">Folder of copies.</param>
    /// <param name="addedPlugins">Folders of plugins that users have added. They are copied into <see cref="AddedPlugins"/>.</param>
    /// <returns>The copy's folder.</returns>
    public static string Of(string program, string root, IEnumerable<string> addedPlugins)
    {
        (string Target, string File)[] files = [.. FilesOf(program, ""),
            .. addedPlugins.SelectMany(PluginCatalog.FoldersIn).SelectMany(plugin => FilesOf(plugin, Path.Combine(AddedPlugins, Path.GetFileName(plugin))))];
        string target = Path.Combine(root, "program-" + IdOf(files));
        if (Directory.Exists(target)) return target;
        string beside = $"{target}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.Combine(beside, AddedPlugins));
        foreach ((string relative, string file) in files)
        {
            string copy = Path.Combine(beside, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            // A build may link to files of packages, which are large and never change. They stay links.
            if (File.ResolveLinkTarget(file, returnFinalTarget: true) is { } link && IsOfPackage(link.FullName)) File.CreateSymbolicLink(copy, link.FullName);
            else File.Copy(file, copy);
        }
        try
        {
            Directory.Move(beside, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(beside, recursive: true); // another process was faster
        }
        return target;
    }

    private static bool IsOfPackage(string path) => path.Contains($"{Path.DirectorySeparatorChar}.nuget{Path.DirectorySeparatorChar}packages{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static IEnumerable<(string Target, string File)> FilesOf(string folder, string below) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (Path.Combine(below, Path.GetRelativePath(folder, file)), file));

    private static string IdOf((string Target, string File)[] files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string relative, string file) in files)
        {
            var info = new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{relative}\n{info.Length}\n{info.LastWriteTimeUtc.Ticks}\n")));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
