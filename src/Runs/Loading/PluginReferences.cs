using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace HiEndMae.Runs.Loading;

/// <summary>Assemblies that a plugin needs.</summary>
internal static class PluginReferences
{
    private const string Provided = "TRUSTED_PLATFORM_ASSEMBLIES";

    /// <summary>Returns the names of assemblies that the assemblies in a folder reference, but that neither the folder nor the program has.</summary>
    /// <param name="folder">The folder of a plugin.</param>
    public static IReadOnlyList<string> MissingIn(string folder)
    {
        string[] own = [.. Directory.GetFiles(folder, "*.dll")];
        var known = new HashSet<string>(own.Concat(((string?)AppContext.GetData(Provided) ?? "").Split(Path.PathSeparator)).Select(path => Path.GetFileNameWithoutExtension(path)), StringComparer.OrdinalIgnoreCase);
        return [.. own.SelectMany(NamesIn).Distinct(StringComparer.OrdinalIgnoreCase).Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> NamesIn(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        if (!image.HasMetadata) return []; // a native library
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
