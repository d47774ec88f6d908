using HiEndMae.Host.Tests;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Tests;

/// <summary>A temporary folder, and experiments loaded from it.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Catalog = PluginCatalog.Load(Repository.Plugins);

    public string FullPath { get; } = Directory.CreateTempSubdirectory("hiendmae-runs-").FullName;

    public PluginCatalog Catalog { get; }

    /// <summary>Loads the smallest experiment, with keys added at its end and overrides.</summary>
    public IReadOnlyList<LoadedExperiment> Load(string more = "", params string[] overrides)
    {
        string file = Path.Combine(FullPath, "tiny.toml");
        File.WriteAllText(file, Samples.Tiny + "\n" + more);
        LoadedFile loaded = new ExperimentLoader(Catalog, _ => null).Load(file, overrides);
        Assert.True(loaded.IsValid, string.Join("\n", loaded.Diagnostics));
        return loaded.Experiments;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
