using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Services with which all stages of a run open their cases.</summary>
/// <param name="Cache">Where prepared cases are kept.</param>
/// <param name="CacheFolder">Folder of the disk cache.</param>
/// <param name="MemoryLimit">Most bytes of prepared cases in memory.</param>
/// <param name="Loader">Threads, prefetching, broken cases.</param>
public sealed record DataServices(CacheConfig Cache, string CacheFolder, long MemoryLimit, LoaderConfig Loader)
{
    /// <summary>The services of a run.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="runs">Folder of run directories. An automatic cache is in it.</param>
    public static DataServices Of(ExperimentConfig config, string runs)
    {
        ArgumentNullException.ThrowIfNull(config);
        // A quarter of the memory: models, activations and the page cache need the rest.
        return new DataServices(
            config.Cache, config.Cache.IsAutomatic ? AutomaticFolder(runs) : config.Cache.Dir,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, config.Loader);
    }

    /// <summary>Folder of the automatic cache, which all runs of a folder share.</summary>
    /// <param name="runs">Folder of run directories.</param>
    public static string AutomaticFolder(string runs) => Path.GetFullPath(Path.Combine(runs, ".cache"));

    /// <summary>Opens the cache for prepared cases.</summary>
    /// <param name="clock">Time.</param>
    /// <param name="note">Receives messages for the log.</param>
    /// <exception cref="IOException">The cache's folder cannot be created.</exception>
    public ICaseCache OpenCache(TimeProvider clock, Action<string> note) =>
        Cache.Store == CacheKind.Memory ? new MemoryCache(MemoryLimit) : new DiskCache(CacheFolder, Cache.Limit.Bytes, clock, note);
}
