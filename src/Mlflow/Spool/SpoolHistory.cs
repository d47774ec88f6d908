namespace HiEndMae.Mlflow;

/// <summary>Runs and points of metrics that earlier sessions have written to a spool.</summary>
internal sealed class SpoolHistory
{
    // The history is read once before the training starts. A long training has some ten thousand points, so that sets are small enough.
    private readonly Dictionary<(string Run, string Key), HashSet<long>> steps = [];

    private readonly Dictionary<string, string?> parents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> parameters = new(StringComparer.Ordinal);
    private long lastTime;

    /// <summary>Store of the last session; null if there was none.</summary>
    public string? Target { get; private set; }

    /// <summary>Runs that have not ended, with their parents and the time of the last record of each.</summary>
    public Dictionary<string, (string? Parent, long Time)> Open { get; } = new(StringComparer.Ordinal);

    /// <summary>Our ids of runs, by the program's keys.</summary>
    public Dictionary<string, string> Runs { get; } = new(StringComparer.Ordinal);

    public static SpoolHistory Read(string path)
    {
        var history = new SpoolHistory();
        foreach ((SpoolRecord record, _) in new SpoolReader(path).Read(0))
        {
            if (record.Op == SpoolRecord.Target) history.Target = record.Uri;
            if (record is { Op: SpoolRecord.Start, Key: { } key, Run: { } run }) history.Runs[key] = run;
            history.Follow(record);
            if (record is { Op: SpoolRecord.Params, Run: { } of, Entries: { } entries })
            {
                foreach (Entry entry in entries) history.ParametersOf(of)[entry.Key] = entry.Value;
            }
            if (record is not { Op: SpoolRecord.Metrics, Run: { } owner, Points: { } points }) continue;
            foreach (MetricValue point in points)
            {
                if (!history.steps.TryGetValue((owner, point.Key), out HashSet<long>? known)) history.steps[(owner, point.Key)] = known = [];
                known.Add(point.Step);
            }
        }
        return history;
    }

    private void Follow(SpoolRecord record)
    {
        if (record.Run is not { } run) return;
        if (record.Op == SpoolRecord.Start) parents[run] = record.Parent;
        if (record.Op is SpoolRecord.Start or SpoolRecord.Resume) Open[run] = (parents.GetValueOrDefault(run), Math.Max(record.Time ?? 0, lastTime));
        if (record.Op == SpoolRecord.End) Open.Remove(run);
        lastTime = Math.Max(lastTime, Math.Max(record.Time ?? 0, record.Points is [.., var last] ? last.Timestamp : 0));
        if (Open.TryGetValue(run, out var known)) Open[run] = (known.Parent, Math.Max(known.Time, lastTime));
    }

    /// <summary>Returns the parameters of a run that this and earlier sessions have logged.</summary>
    public Dictionary<string, string> ParametersOf(string run) =>
        parameters.TryGetValue(run, out Dictionary<string, string>? known) ? known : parameters[run] = new(StringComparer.Ordinal);

    /// <summary>Returns whether an earlier session has logged a metric at a step.</summary>
    public bool Has(string run, string key, long step) => steps.Count > 0 && steps.TryGetValue((run, key), out HashSet<long>? known) && known.Contains(step);

    /// <summary>Returns the last step of a metric in earlier sessions; -1 if there is none.</summary>
    public long LastStep(string run, string key) => steps.TryGetValue((run, key), out HashSet<long>? known) && known.Count > 0 ? known.Max() : -1;
}
