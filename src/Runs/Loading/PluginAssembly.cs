using System.Security.Cryptography;
using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>A plugin folder: what it offers, or why it cannot be used.</summary>
/// <param name="Name">Name of the folder, and of the assembly in it.</param>
/// <param name="Path">Absolute path of the assembly, whether it exists or not.</param>
/// <param name="Version">Version of the assembly; null if the file cannot be read.</param>
/// <param name="Contract">Contract version that it was built against; null if it states none.</param>
/// <param name="Components">Its components; empty if it was not loaded.</param>
/// <param name="Fault">Reason why it was not loaded, as a sentence; null if it was loaded.</param>
internal sealed record PluginAssembly(string Name, string Path, Version? Version, Version? Contract, IReadOnlyList<ComponentDescriptor> Components, string? Fault)
{
    private readonly Lazy<string> hash = new(() => HashOf(System.IO.Path.GetDirectoryName(Path)!));

    /// <summary>SHA-256 over the names and contents of all assemblies in its folder, in lower-case hex. Computed at the first use.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public string Sha256 => hash.Value;

    /// <summary>The same plugin after its folder was moved.</summary>
    /// <param name="folder">The new folder.</param>
    public PluginAssembly In(string folder) => new(Name, System.IO.Path.Combine(folder, Name + ".dll"), Version, Contract, Components, Fault);

    private static string HashOf(string folder)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            // A line per file, as sha256sum prints it, so that the sum can be checked by hand.
            using FileStream stream = File.OpenRead(file);
            sum.AppendData(System.Text.Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(stream))}  {System.IO.Path.GetFileName(file)}\n"));
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}
