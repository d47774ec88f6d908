using HiEndMae.Configuration;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A folder of prepared cases that runs share, one after another and at once. What was not used for longest goes first when it grows beyond its limit.</summary>
/// <remarks>
/// An entry is written in a folder beside and renamed when it is whole, so no reader ever sees half of one and a killed writer leaves nothing but a folder below tmp/.
/// Two processes may prepare the same case; the second to finish takes the entry of the first. Entries of the running stage are never removed by it, and what another
/// process removes stays readable here: it is mapped.
/// </remarks>
public sealed class DiskStorage : ICaseStorage
{
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(6);
    private readonly Lock gate = new();
    private readonly string entries;
    private readonly string beside;
    private readonly long limit;
    private readonly TimeProvider clock;
    private readonly Action<string> note;
    private readonly HashSet<string> inUse = new(StringComparer.Ordinal);
    private long used;
    private int written;

    /// <summary>Opens or makes the folder.</summary>
    /// <param name="folder">Where entries are.</param>
    /// <param name="limit">Bytes.</param>
    /// <param name="clock">When entries were used.</param>
    /// <param name="note">Takes a sentence for the log.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public DiskStorage(string folder, long limit, TimeProvider clock, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(clock);
        Folder = Path.GetFullPath(folder);
        entries = Path.Combine(Folder, "cases");
        beside = Path.Combine(Folder, "tmp");
        this.limit = limit;
        this.clock = clock;
        this.note = note;
        Directory.CreateDirectory(entries);
        Directory.CreateDirectory(beside);
        RemoveAbandoned();
        used = Entries().Sum(entry => entry.Bytes);
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Bytes of all entries, as far as this process knows.</summary>
    public long Used => Interlocked.Read(ref used);

    /// <summary>Entries that this object has written.</summary>
    public int Written => Volatile.Read(ref written);

    /// <inheritdoc/>
    public StoredCase? Find(DatasetCase source, string preparation)
    {
        ArgumentNullException.ThrowIfNull(source);
        string key = CacheEntry.KeyOf(source.ContentKey, preparation), folder = Path.Combine(entries, key);
        lock (gate) inUse.Add(key);
        if (!File.Exists(Path.Combine(folder, CacheEntry.CardName))) return null;
        try
        {
            StoredCase stored = CacheEntry.Open(folder, source.Id);
            Touch(folder);
            return stored;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            note($"Cache: the entry of case '{source.Id}' is made again: {error.Message}");
            Remove(folder);
            return null;
        }
    }

    /// <inheritdoc/>
    public StoredCase Keep(DatasetCase source, string preparation, PackedCase packed)
    {
        ArgumentNullException.ThrowIfNull(source);
        string content = source.ContentKey, key = CacheEntry.KeyOf(content, preparation), folder = Path.Combine(entries, key);
        string fresh = Path.Combine(beside, $"{key}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(fresh);
        try
        {
            CacheEntry.Write(fresh, packed, content, preparation);
            long bytes = SizeOf(fresh);
            lock (gate)
            {
                inUse.Add(key);
                MakeRoom(bytes);
                used += bytes;
            }
            try
            {
                Directory.Move(fresh, folder);
                Interlocked.Increment(ref written);
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, CacheEntry.CardName)))
            {
                // Another process was faster; its entry says the same.
                Interlocked.Add(ref used, -bytes);
            }
            Touch(folder);
            return CacheEntry.Open(folder, source.Id);
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    private void MakeRoom(long bytes)
    {
        if (used + bytes <= limit) return;
        // Others write and remove too: only the disk knows.
        (string Folder, long Bytes, DateTime Used)[] all = [.. Entries()];
        used = all.Sum(entry => entry.Bytes);
        int removed = 0;
        foreach ((string folder, long size, _) in all.OrderBy(entry => entry.Used))
        {
            if (used + bytes <= limit) break;
            if (inUse.Contains(Path.GetFileName(folder)) || !Remove(folder)) continue;
            used -= size;
            removed++;
        }
        if (removed > 0) note($"Cache: {removed} entries unused for longest were removed.");
        if (used + bytes > limit)
            throw new CacheLimitException($"The cache in '{Folder}' is limited to {new ByteSize(limit)}, and the cases of this stage need more; raise [cache] limit, or take fewer cases.");
    }

    // Renamed first: an entry is whole or not there.
    private bool Remove(string folder)
    {
        string away = Path.Combine(beside, $"old-{Guid.NewGuid():N}");
        try
        {
            Directory.Move(folder, away);
            Directory.Delete(away, recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(folder);
        }
    }

    private void Touch(string folder)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(folder, CacheEntry.CardName), clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that may only be read is read all the same.
        }
    }

    private void RemoveAbandoned()
    {
        foreach (string folder in Directory.GetDirectories(beside))
        {
            try
            {
                if (clock.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(folder) > Abandoned) Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                note($"Cache: '{folder}' cannot be removed: {error.Message}");
            }
        }
    }

    private IEnumerable<(string Folder, long Bytes, DateTime Used)> Entries() => Directory.GetDirectories(entries)
        .Select(folder => (folder, SizeOf(folder), File.GetLastWriteTimeUtc(Path.Combine(folder, CacheEntry.CardName))));

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0; // removed by another process in the meantime
        }
    }
}
