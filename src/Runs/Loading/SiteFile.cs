using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Loading;

/// <summary>A site's file: options of SLURM that every sweep on a cluster shares.</summary>
internal static class SiteFile
{
    private const string Table = "slurm";

    /// <summary>Merges the experiment's file over the site's file: keys of the experiment override those of the site.</summary>
    /// <param name="file">The experiment.</param>
    /// <param name="path">The site's file.</param>
    public static ParsedFile Below(ParsedFile file, string path)
    {
        ParsedFile site = ExperimentFileReader.Read(path);
        List<ConfigDiagnostic> found = [.. site.Diagnostics, .. file.Diagnostics];
        // Any other table in a site's file would change experiments silently.
        foreach (ConfigEntry entry in site.Tree?.Entries.Where(entry => entry.Key != Table) ?? [])
            found.Add(new ConfigDiagnostic("HEM021", true, $"'{entry.Key}' does not belong in a site's file; only [{Table}] does", entry.KeySource));
        return file with { Tree = file.Tree is { } tree && site.Tree is { } below ? ConfigTree.Merge(below, tree) : file.Tree, Diagnostics = ConfigDiagnostic.Ordered(found) };
    }
}
