using HiEndMae.Configuration;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>Native memory up to a limit; nothing is left when the stage ends.</summary>
/// <param name="limit">Bytes.</param>
public sealed class MemoryStorage(long limit) : ICaseStorage
{
    private long used;

    /// <inheritdoc/>
    public StoredCase? Find(DatasetCase source, string preparation) => null;

    /// <inheritdoc/>
    public StoredCase Keep(DatasetCase source, string preparation, PackedCase packed)
    {
        StoredCase stored = StoredCase.InMemory(packed);
        if (Interlocked.Add(ref used, stored.Bytes) <= limit) return stored;
        stored.Dispose();
        throw new CacheLimitException($"The prepared cases need more than {new ByteSize(limit)} of memory; set [cache] store = \"disk\", or take fewer cases.");
    }
}
