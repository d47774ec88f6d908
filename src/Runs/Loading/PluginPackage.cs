using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Loading;

/// <summary>Unpacks the plugin of a NuGet package.</summary>
internal static class PluginPackage
{
    /// <summary>Ending of packages.</summary>
    public const string Extension = ".nupkg";

    // The first folder has a plugin with everything that it needs, as 'dotnet pack' with HiEndMae.Sdk writes it. The others have only an assembly.
    private static readonly string[] Places = ["hiendmae/", "lib/net10.0/"];

    /// <summary>Unpacks the files of the plugin.</summary>
    /// <param name="file">The package.</param>
    /// <param name="folder">An existing, empty folder.</param>
    /// <returns>The package's id.</returns>
    /// <exception cref="UserException">The file is no package, or has no plugin.</exception>
    public static string Unpack(string file, string folder)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(file);
            string id = IdOf(archive) ?? throw new UserException($"'{file}' has no .nuspec file, so it is no NuGet package; give a package that 'dotnet pack' wrote.");
            string place = Places.FirstOrDefault(place => archive.Entries.Any(entry => IsIn(entry, place)))
                ?? throw new UserException($"The package '{file}' has no plugin: there is nothing in {string.Join(" or ", Places)}. Pack a project that uses the SDK HiEndMae.Sdk.");
            foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => IsIn(entry, place) && entry.Name.Length > 0))
            {
                string target = Path.GetFullPath(Path.Combine(folder, entry.FullName[place.Length..]));
                if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                    throw new UserException($"The package '{file}' has the entry '{entry.FullName}', which lies outside of its folder; it is damaged or hostile.");
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                entry.ExtractToFile(target);
            }
            return id;
        }
        catch (InvalidDataException error)
        {
            throw new UserException($"'{file}' is no NuGet package: {error.Message}", error);
        }
    }

    private static bool IsIn(ZipArchiveEntry entry, string place) => entry.FullName.StartsWith(place, StringComparison.OrdinalIgnoreCase);

    private static string? IdOf(ZipArchive archive)
    {
        if (archive.Entries.FirstOrDefault(entry => entry.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase) && !entry.FullName.Contains('/', StringComparison.Ordinal)) is not { } nuspec) return null;
        try
        {
            using Stream stream = nuspec.Open();
            return XDocument.Load(stream).Descendants().FirstOrDefault(element => element.Name.LocalName == "id")?.Value;
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
