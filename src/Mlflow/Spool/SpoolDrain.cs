namespace HiEndMae.Mlflow;

/// <summary>Brings the records of a spool into a store, in order, each visible once, whatever happens in between.</summary>
/// <remarks>
/// A record is applied, then the cursor moves past it. A crash between the two applies it again, which changes nothing: values are the same values,
/// and a run is looked for by the tag that holds our id before it is made. Records that the store refuses for good are noted and passed over.
/// </remarks>
/// <param name="runFolder">The run directory.</param>
/// <param name="store">Where records go.</param>
/// <param name="target">Names the store in the cursor.</param>
/// <param name="note">Takes sentences for the log.</param>
internal sealed class SpoolDrain(string runFolder, ITrackingStore store, string target, Action<string> note)
{
    /// <summary>Tag that holds our id of a run.</summary>
    public const string IdTag = "hiendmae.run_id";

    private const string ParentTag = "hiendmae.parent_id";
    private readonly SpoolReader reader = new(SpoolFiles.Spool(runFolder));
    private readonly SpoolCursor cursor = new(SpoolFiles.Cursor(runFolder, target), target);
    private readonly HashSet<string> noted = new(StringComparer.Ordinal);
    private readonly List<(SpoolRecord Record, long End)> group = [];
    private CursorState state = new();
    private bool startedAnew;

    /// <summary>Applies everything that waits.</summary>
    /// <param name="cancel">Stops between records.</param>
    /// <param name="isSuspicious">Asks the store first whether it still has what it got, even if nothing waits.</param>
    /// <returns>How many records were dealt with; null where another process is at it.</returns>
    /// <exception cref="TrackingException">The store is not available; what waits, waits.</exception>
    public int? Drain(CancellationToken cancel, bool isSuspicious = false)
    {
        using FileStream? held = SpoolFiles.TryLock(SpoolFiles.DrainLock(runFolder));
        if (held is null) return null;
        state = cursor.Load(); // another process may have been here
        startedAnew = false;
        int count = 0;
        if (isSuspicious && state.Runs.Values.Any(id => store.PresenceOf(id) == RunPresence.Missing)) StartAnew();
        while (!Run(ref count, cancel))
        {
            StartAnew();
            count = 0;
        }
        return count;
    }

    // The store has lost our runs: a new server at the old address, a database that was removed. The spool has everything.
    private void StartAnew()
    {
        note($"tracking: {store.Description} does not have this run any more; everything is sent again.");
        startedAnew = true;
        state = new CursorState { Target = target };
    }

    private bool Run(ref int count, CancellationToken cancel)
    {
        group.Clear();
        foreach ((SpoolRecord record, long end) in reader.Read(state.Offset))
        {
            cancel.ThrowIfCancellationRequested();
            if (group.Count > 0 && !Fits(record) && !ApplyGroup(ref count)) return false;
            group.Add((record, end));
        }
        return group.Count == 0 || ApplyGroup(ref count);
    }

    // Points of one run that come one after another go together; everything else goes by itself.
    private bool Fits(SpoolRecord record) =>
        record.Op == SpoolRecord.Metrics && group[0].Record is { Op: SpoolRecord.Metrics } first && first.Run == record.Run
        && group.Sum(static entry => entry.Record.Points!.Count) + record.Points!.Count <= MlflowClient.MaxBatch;

    private bool ApplyGroup(ref int count)
    {
        try
        {
            Apply(group);
        }
        catch (TrackingException error) when (error.Failure != TrackingFailure.Unavailable)
        {
            if (HasLostRun()) return false;
            // One by one, so that only what is refused is left out.
            if (group is [var only] && Parts(only.Record).Take(2).Count() == 1) Pass(error);
            else foreach ((SpoolRecord Record, long End) entry in group) ApplyOrPass(entry);
        }
        count += group.Count;
        state.Offset = group[^1].End;
        cursor.Save(state);
        group.Clear();
        return true;
    }

    private bool HasLostRun() => !startedAnew && group[0].Record.Run is { } run && state.Runs.TryGetValue(run, out string? id) && store.PresenceOf(id) == RunPresence.Missing;

    // What is refused is looked at entry by entry: one parameter that would change takes none of the others with it.
    private void ApplyOrPass((SpoolRecord Record, long End) entry)
    {
        foreach (SpoolRecord part in Parts(entry.Record))
        {
            try
            {
                Apply([(part, entry.End)]);
            }
            catch (TrackingException error) when (error.Failure != TrackingFailure.Unavailable)
            {
                Pass(error);
            }
        }
    }

    private static IEnumerable<SpoolRecord> Parts(SpoolRecord record) => record switch
    {
        { Entries: { Count: > 1 } entries, Op: SpoolRecord.Params or SpoolRecord.Tags } => entries.Select(entry => record with { Entries = [entry] }),
        { Points: { Count: > 1 } points } => points.Select(point => record with { Points = [point] }),
        _ => [record],
    };

    private void Pass(TrackingException error)
    {
        state.NumRefused++;
        state.LastRefusal = error.Message;
        if (noted.Add(error.Message)) note($"tracking: left out: {error.Message}");
    }

    private void Apply(List<(SpoolRecord Record, long End)> entries)
    {
        SpoolRecord record = entries[0].Record;
        switch (record.Op)
        {
            case SpoolRecord.Start:
                StartRun(record);
                break;
            case SpoolRecord.Resume:
                if (!store.Reopen(RunOf(record))) throw new TrackingException(TrackingFailure.Missing, $"Run {RunOf(record)} in {store.Description} is deleted; its values are left out until it is restored.");
                break;
            case SpoolRecord.Params:
                store.LogParams(RunOf(record), Dictionary(record.Entries));
                break;
            case SpoolRecord.Tags:
                store.SetTags(RunOf(record), Dictionary(record.Entries));
                break;
            case SpoolRecord.Metrics:
                store.LogMetrics(RunOf(record), [.. entries.SelectMany(static entry => entry.Record.Points!)
                    .Select(static point => new MetricPoint(point.Key, point.Value, point.Step, DateTimeOffset.FromUnixTimeMilliseconds(point.Timestamp)))]);
                break;
            case SpoolRecord.Inputs:
                store.LogInputs(RunOf(record), record.Datasets ?? []);
                break;
            case SpoolRecord.Artifact:
                LogArtifact(record);
                break;
            case SpoolRecord.End:
                EndRun(record);
                break;
            default:
                break; // "target", and what later programs may write
        }
    }

    private void StartRun(SpoolRecord record)
    {
        string run = record.Run!, experiment = store.GetOrCreateExperiment(record.Experiment!);
        // Made before, and the answer or the cursor lost: then it is found by our id.
        IReadOnlyList<string> found = store.FindRuns(experiment, IdTag, run);
        string id = found.Count > 0 ? found[0] : store.CreateRun(experiment, record.Name!, ParentOf(record, experiment), TagsOf(record), DateTimeOffset.FromUnixTimeMilliseconds(record.Time ?? 0));
        foreach (string twin in found.Skip(1)) store.DeleteRun(twin);
        if (record.Parent is null) Adopt(run, id, experiment);
        state.Runs[run] = id;
        state.Experiments[run] = experiment;
    }

    // Children of other processes, as of a sweep, may have come and ended before their parent was sent; later ones find it themselves.
    private void Adopt(string run, string id, string experiment)
    {
        foreach (string child in store.FindRuns(experiment, ParentTag, run)) store.SetTags(child, new Dictionary<string, string> { [RunTags.ParentRunId] = id });
    }

    private void EndRun(SpoolRecord record)
    {
        string id = RunOf(record), experiment = state.Experiments[record.Run!];
        // A request to make the run that was given up may have been carried out late.
        foreach (string twin in store.FindRuns(experiment, IdTag, record.Run!))
        {
            if (twin != id) store.DeleteRun(twin);
        }
        if (record.Parent is not null && !state.Runs.ContainsKey(record.Parent) && ParentOf(record, experiment) is { } parent)
            store.SetTags(id, new Dictionary<string, string> { [RunTags.ParentRunId] = parent });
        store.Finish(id, record.Status!.Value, DateTimeOffset.FromUnixTimeMilliseconds(record.Time ?? 0));
    }

    // A parent may be of another process, such as a sweep's, whose spool comes later: then the end of the run finds it, or it finds the run.
    private string? ParentOf(SpoolRecord record, string experiment) => record.Parent is null ? null
        : state.Runs.GetValueOrDefault(record.Parent) ?? (store.FindRuns(experiment, IdTag, record.Parent) is [var first, ..] ? first : null);

    private static Dictionary<string, string> TagsOf(SpoolRecord record)
    {
        Dictionary<string, string> tags = Dictionary(record.Entries);
        tags[IdTag] = record.Run!;
        if (record.Parent is not null) tags[ParentTag] = record.Parent;
        return tags;
    }

    private void LogArtifact(SpoolRecord record)
    {
        string file = Path.GetFullPath(Path.Combine(runFolder, record.File!));
        if (!File.Exists(file)) throw new TrackingException($"the artifact {file} is not there any more.");
        store.LogArtifact(RunOf(record), file, record.Folder ?? "");
    }

    private string RunOf(SpoolRecord record) => state.Runs.GetValueOrDefault(record.Run ?? "")
        ?? throw new TrackingException($"the run {record.Run} was refused by {store.Description}.");

    private static Dictionary<string, string> Dictionary(IReadOnlyList<Entry>? entries)
    {
        var dictionary = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Entry entry in entries ?? []) dictionary[entry.Key] = entry.Value;
        return dictionary;
    }
}
