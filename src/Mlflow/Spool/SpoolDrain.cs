using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Sends the records of a spool to a store in order. Each record takes effect exactly once, even if the process is interrupted.</summary>
/// <remarks>
/// First a record is applied, then the cursor moves past it. After a crash between the two, the record is applied again, which changes nothing.
/// A record that the store refuses permanently is counted and skipped.
/// </remarks>
/// <param name="runFolder">The run directory.</param>
/// <param name="store">The store.</param>
/// <param name="target">Name of the store in the cursor.</param>
/// <param name="note">Receives messages for the log.</param>
/// <param name="present">The ids in the present environment, for ids of the spool that the store does not have.</param>
internal sealed class SpoolDrain(string runFolder, ITrackingStore store, string target, Action<string> note, EnvironmentIds present)
{
    // Up to this many consecutive points of one run are applied together, so that the cursor is written less often.
    private const int MaxGroup = 1000;

    private readonly SpoolReader reader = new(SpoolFiles.Spool(runFolder));
    private readonly SpoolCursor cursor = new(SpoolFiles.Cursor(runFolder, target), target);
    private readonly HashSet<string> noted = new(StringComparer.Ordinal);
    private readonly List<MetricValue> points = [];
    private CursorState state = new();
    private RecordApplier applier = new(runFolder, store, new CursorState(), present);
    private bool hasStartedAnew;

    /// <summary>Offset in the spool up to which the store has everything, in bytes. It grows while <see cref="Drain"/> makes progress.</summary>
    public long Position => state.Offset;

    /// <summary>Called after each record, or group of points, that the store has received; null for no calls.</summary>
    public Action? Moved { get; init; }

    /// <summary>Applies all waiting records.</summary>
    /// <param name="cancel">Stops between records.</param>
    /// <param name="isSuspicious">Whether to check first that the store still has its runs, even if no records wait.</param>
    /// <returns>The number of processed records; null if another process is sending this spool.</returns>
    /// <exception cref="TrackingException">The store is not available. The remaining records stay in the spool.</exception>
    public int? Drain(CancellationToken cancel, bool isSuspicious = false)
    {
        using FileLock? held = FileLock.TryTake(SpoolFiles.DrainLock(runFolder));
        if (held is null) return null;
        hasStartedAnew = false;
        Use(cursor.Load()); // another process may have moved it
        int count = 0;
        if (isSuspicious && state.Runs.Values.Any(id => store.PresenceOf(id) == RunPresence.Missing)) StartAnew();
        while (!ApplyAll(ref count, cancel))
        {
            StartAnew();
            count = 0;
        }
        return count;
    }

    private void Use(CursorState loaded)
    {
        state = loaded;
        applier = new RecordApplier(runFolder, store, loaded, present);
    }

    // The store has lost our runs, for example because a new server runs at the old address. The spool still has everything.
    private void StartAnew()
    {
        note($"tracking: {store.Description} no longer has this run; everything is sent again.");
        hasStartedAnew = true;
        Use(new CursorState { Target = target });
    }

    /// <returns>False if the store has lost a run.</returns>
    private bool ApplyAll(ref int count, CancellationToken cancel)
    {
        SpoolRecord? group = null;
        long groupEnd = 0;
        int groupSize = 0;
        foreach ((SpoolRecord record, long end) in reader.Read(state.Offset))
        {
            cancel.ThrowIfCancellationRequested();
            bool joins = group is { Op: SpoolRecord.Metrics } && record.Op == SpoolRecord.Metrics && group.Run == record.Run && points.Count + record.Points!.Count <= MaxGroup;
            if (group is not null && !joins)
            {
                if (!ApplyGroup(group, groupEnd)) return false;
                count += groupSize;
                groupSize = 0;
            }
            if (!joins)
            {
                group = record;
                points.Clear();
            }
            if (record.Op == SpoolRecord.Metrics) points.AddRange(record.Points!);
            groupEnd = end;
            groupSize++;
        }
        if (group is null) return true;
        if (!ApplyGroup(group, groupEnd)) return false;
        count += groupSize;
        return true;
    }

    private bool ApplyGroup(SpoolRecord group, long end)
    {
        SpoolRecord record = group.Op == SpoolRecord.Metrics ? group with { Points = [.. points] } : group;
        try
        {
            applier.Apply(record);
        }
        catch (TrackingException error) when (error.Failure != TrackingFailure.Unavailable)
        {
            if (HasLostRun(record)) return false;
            ApplyParts(record, error);
        }
        state.Offset = end;
        cursor.Save(state);
        Moved?.Invoke();
        return true;
    }

    private bool HasLostRun(SpoolRecord record) =>
        !hasStartedAnew && record.Run is { } run && state.Runs.TryGetValue(run, out string? id) && store.PresenceOf(id) == RunPresence.Missing;

    // Bisects a refused batch, so that only the faulty part is left out.
    private void ApplyParts(SpoolRecord refused, TrackingException why)
    {
        IReadOnlyList<SpoolRecord> parts = Divide(refused);
        if (parts.Count < 2)
        {
            state.NumRefused++;
            state.LastRefusal = why.Message;
            if (noted.Add(why.Message)) note($"tracking: left out: {why.Message}");
            return;
        }
        foreach (SpoolRecord part in parts)
        {
            try
            {
                applier.Apply(part);
            }
            catch (TrackingException error) when (error.Failure != TrackingFailure.Unavailable)
            {
                ApplyParts(part, error);
            }
        }
    }

    // The batch is divided into requests first, and then into halves.
    private static IReadOnlyList<SpoolRecord> Divide(SpoolRecord record) => record switch
    {
        { Points: { Count: > 1 } all } => [.. all.Chunk(PartSize(all.Count)).Select(some => record with { Points = some })],
        { Entries: { Count: > 1 } all, Op: SpoolRecord.Params or SpoolRecord.Tags } => [.. all.Chunk(PartSize(all.Count)).Select(some => record with { Entries = some })],
        _ => [record],
    };

    private static int PartSize(int count) => count > MlflowClient.MaxPoints ? MlflowClient.MaxPoints : (count + 1) / 2;
}
