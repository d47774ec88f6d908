using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Brings the records of a spool into a store, in order, so that each appears there once whatever happens in between.</summary>
/// <remarks>
/// A record is applied, then the cursor moves past it. A crash between the two applies the record again, which changes nothing.
/// A record that the store refuses for good is noted and left out.
/// </remarks>
/// <param name="runFolder">The run directory.</param>
/// <param name="store">Where records go.</param>
/// <param name="target">Names the store in the cursor.</param>
/// <param name="note">Takes sentences for the log.</param>
internal sealed class SpoolDrain(string runFolder, ITrackingStore store, string target, Action<string> note)
{
    // Points of one run that follow each other are applied together, up to this many, so that the cursor moves less often.
    private const int MaxGroup = 1000;

    private readonly SpoolReader reader = new(SpoolFiles.Spool(runFolder));
    private readonly SpoolCursor cursor = new(SpoolFiles.Cursor(runFolder, target), target);
    private readonly HashSet<string> noted = new(StringComparer.Ordinal);
    private readonly List<MetricValue> points = [];
    private CursorState state = new();
    private RecordApplier applier = new(runFolder, store, new CursorState());
    private bool hasStartedAnew;

    /// <summary>How far the spool has reached the store: the offset in the spool. It grows while <see cref="Drain"/> makes progress.</summary>
    public long Position => state.Offset;

    /// <summary>Applies everything that waits.</summary>
    /// <param name="cancel">Stops between records.</param>
    /// <param name="isSuspicious">Asks the store first whether it still has its runs, even if nothing waits.</param>
    /// <returns>How many records were dealt with; null where another process is at it.</returns>
    /// <exception cref="TrackingException">The store is not available; the rest waits.</exception>
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
        applier = new RecordApplier(runFolder, store, loaded);
    }

    // The store has lost our runs, as a new server at the old address has. The spool still holds everything.
    private void StartAnew()
    {
        note($"tracking: {store.Description} does not have this run any more; everything is sent again.");
        hasStartedAnew = true;
        Use(new CursorState { Target = target });
    }

    /// <returns>False where the store has lost a run.</returns>
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
        return true;
    }

    private bool HasLostRun(SpoolRecord record) =>
        !hasStartedAnew && record.Run is { } run && state.Runs.TryGetValue(run, out string? id) && store.PresenceOf(id) == RunPresence.Missing;

    // Divides what was refused until the part that is at fault is left out alone.
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

    // Into requests first, then into halves.
    private static IReadOnlyList<SpoolRecord> Divide(SpoolRecord record) => record switch
    {
        { Points: { Count: > 1 } all } => [.. all.Chunk(PartSize(all.Count)).Select(some => record with { Points = some })],
        { Entries: { Count: > 1 } all, Op: SpoolRecord.Params or SpoolRecord.Tags } => [.. all.Chunk(PartSize(all.Count)).Select(some => record with { Entries = some })],
        _ => [record],
    };

    private static int PartSize(int count) => count > MlflowClient.MaxPoints ? MlflowClient.MaxPoints : (count + 1) / 2;
}
