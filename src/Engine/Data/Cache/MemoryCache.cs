using HiEndMae.Configuration;
using HiEndMae.Engine.Data.Cases;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>Keeps cases in native memory for as long as their users hold them. Nothing is found again.</summary>
/// <param name="limit">Most bytes that all cases may have together.</param>
public sealed class MemoryCache(long limit) : ICaseCache
{
    private long used;

    /// <inheritdoc/>
    public PreparedCase? Find(CaseKey key, string id) => null;

    /// <inheritdoc/>
    public PreparedCase Keep(CaseKey key, PreparedCase prepared)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        if (Interlocked.Add(ref used, prepared.Layout.Bytes) <= limit) return prepared;
        Interlocked.Add(ref used, -prepared.Layout.Bytes);
        throw new CacheLimitException($"The prepared cases need more than {new ByteSize(limit)} of memory; set [cache] store = \"disk\", or take fewer cases.");
    }
}
