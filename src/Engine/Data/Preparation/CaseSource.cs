using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Opens prepared cases: from the cache, or by preparing them and adding them to it.</summary>
/// <param name="preparer">How cases are prepared.</param>
/// <param name="cache">Where they are kept.</param>
public sealed class CaseSource(CasePreparer preparer, ICaseCache cache)
{
    /// <summary>Opens a case and keeps it in the cache.</summary>
    /// <exception cref="VolumeException">It cannot be prepared.</exception>
    /// <exception cref="CacheLimitException">The cache has no room for it.</exception>
    public PreparedCase Open(DatasetCase source, CancellationToken cancel) => Open(source, preparer.Prepare, mustKeep: true, out _, cancel);

    /// <summary>Opens a case and keeps it in the cache if that is possible.</summary>
    /// <exception cref="VolumeException">It cannot be prepared.</exception>
    public PreparedCase OpenOrPrepare(DatasetCase source, CancellationToken cancel) => Open(source, preparer.Prepare, mustKeep: false, out _, cancel);

    /// <summary>Opens a case and keeps it in the cache if that is possible.</summary>
    /// <param name="source">The case.</param>
    /// <param name="isKept">Whether the cache has the case.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <exception cref="VolumeException">It cannot be prepared.</exception>
    public PreparedCase OpenOrPrepare(DatasetCase source, out bool isKept, CancellationToken cancel) => Open(source, preparer.Prepare, mustKeep: false, out isKept, cancel);

    /// <summary>Opens a case. One that is not in the cache is prepared by the given function.</summary>
    internal PreparedCase Open(DatasetCase source, Func<DatasetCase, CancellationToken, PreparedCase> prepare, bool mustKeep, out bool isKept, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        isKept = true;
        // The key is computed before the files are read. If a file changes in between, the case is prepared again next time.
        var key = new CaseKey(source.ContentKey, preparer.Description);
        if (cache.Find(key, source.Id) is { } found) return found;
        PreparedCase prepared = prepare(source, cancel);
        try
        {
            return cache.Keep(key, prepared);
        }
        catch (Exception error) when (!mustKeep && (error is IOException or UnauthorizedAccessException))
        {
            isKept = false;
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }
}
