using HiEndMae.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A folder of prepared cases that all runs share, also at the same time. When it grows beyond its limit, the entries whose last use is oldest are removed.</summary>
/// <remarks>
/// An entry is written to a folder below tmp/ and renamed when it is complete. So no reader sees an incomplete entry, and a killed writer leaves nothing but that folder.
/// Two processes may prepare the same case; the second one to finish uses the entry of the first. An object never removes entries that it has opened or looked for. If
/// another process removes an entry, it stays readable here, because it is mapped into memory.
/// </remarks>
public sealed class DiskCache : ICaseCache
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

    /// <summary>Opens the folder, or creates it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="limit">Most bytes that all entries may have together.</param>
    /// <param name="clock">Gives the time of use that is recorded in entries.</param>
    /// <param name="note">Receives messages for the log.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    public DiskCache(string folder, long limit, TimeProvider clock, Action<string> note)
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

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Bytes of all entries, as far as this process knows.</summary>
    public long Used => Interlocked.Read(ref used);

    /// <summary>Entries that this object has written.</summary>
    public int Written => Volatile.Read(ref written);

    /// <inheritdoc/>
    public PreparedCase? Find(CaseKey key, string id)
    {
        ArgumentNullException.ThrowIfNull(key);
        string folder = Path.Combine(entries, key.Folder);
        lock (gate) inUse.Add(key.Folder);
        if (!File.Exists(Path.Combine(folder, CacheEntry.CardName))) return null;
        try
        {
            PreparedCase found = CacheEntry.Open(folder, id);
            Touch(folder);
            return found;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            note($"Cache: the entry of case '{id}' is damaged and is made again: {error.Message}");
            Remove(folder);
            return null;
        }
    }

    /// <inheritdoc/>
    public PreparedCase Keep(CaseKey key, PreparedCase prepared)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(prepared);
        string folder = Path.Combine(entries, key.Folder), fresh = Path.Combine(beside, $"{key.Folder}-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(fresh);
            CacheEntry.Write(fresh, prepared, key);
            long bytes = SizeOf(fresh);
            lock (gate)
            {
                inUse.Add(key.Folder);
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
                // Another process was faster; its entry holds the same.
                Interlocked.Add(ref used, -bytes);
            }
            Touch(folder);
            PreparedCase kept = CacheEntry.Open(folder, prepared.Id);
            prepared.Dispose();
            return kept;
        }
        catch (IOException error) when (error is not DiskFullException && DiskFullException.IsSaidBy(error))
        {
            throw new DiskFullException(Folder, error);
        }
        finally
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }

    private void MakeRoom(long bytes)
    {
        if (used + bytes <= limit) return;
        // Other processes write and remove entries too, so the sizes are read from the disk.
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
        if (removed > 0) note($"Cache: {removed} entries, those unused for longest, were removed.");
        if (used + bytes > limit)
            throw new CacheLimitException($"The cache in '{Folder}' is limited to {new ByteSize(limit)}, but the cases of this stage need more; raise [cache] limit, or take fewer cases.");
    }

    // Renamed first, so that an entry is either complete or not there.
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
            // The cache may be read-only.
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
                // Its writer may have finished in the meantime. For a folder that does not exist any more, the system returns the oldest possible time.
                if (Directory.Exists(folder)) note($"Cache: '{folder}' cannot be removed: {error.Message}");
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
            return 0; // another process has removed it
        }
    }
}
