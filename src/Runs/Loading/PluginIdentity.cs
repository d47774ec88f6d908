namespace HiEndMae.Runs.Loading;

/// <summary>One build of a plugin.</summary>
/// <param name="Name">Name of its assembly.</param>
/// <param name="Version">Version of its assembly.</param>
/// <param name="Sha256">Sum over all assemblies of its folder, in lower-case hex.</param>
internal sealed record PluginIdentity(string Name, string Version, string Sha256)
{
    private const int ShownHash = 12;

    /// <summary>Version and the beginning of the sum.</summary>
    public override string ToString() => $"{Version} (SHA-256 {Sha256[..Math.Min(ShownHash, Sha256.Length)]})";
}
