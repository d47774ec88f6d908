using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;

namespace HiEndMae.Engine.Data;

/// <summary>What stages share to get their cases.</summary>
/// <param name="Cache">Where prepared cases are kept.</param>
/// <param name="CacheFolder">The disk cache's folder.</param>
/// <param name="MemoryLimit">Bytes that prepared cases may take in memory.</param>
/// <param name="Loader">Threads, prefetching, broken cases.</param>
public sealed record DataServices(CacheConfig Cache, string CacheFolder, long MemoryLimit, LoaderConfig Loader)
{
    /// <summary>The services of a run.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="runs">Folder of run directories, beside which an automatic cache lies.</param>
    public static DataServices Of(ExperimentConfig config, string runs)
    {
        ArgumentNullException.ThrowIfNull(config);
        // A quarter of the memory for prepared scans: models, activations and the page cache need the rest.
        return new DataServices(
            config.Cache, config.Cache.IsAutomatic ? AutomaticFolder(runs) : config.Cache.Dir,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, config.Loader);
    }

    /// <summary>Where an automatic cache lies.</summary>
    /// <param name="runs">Folder of run directories, which share it.</param>
    public static string AutomaticFolder(string runs) => Path.GetFullPath(Path.Combine(runs, ".cache"));

    /// <summary>Opens the place for prepared cases.</summary>
    /// <exception cref="IOException">Its folder cannot be made.</exception>
    public ICaseStorage OpenStorage(TimeProvider clock, Action<string> note) =>
        Cache.Store == CacheStore.Memory ? new MemoryStorage(MemoryLimit) : new DiskStorage(CacheFolder, Cache.Limit.Bytes, clock, note);
}
