namespace HiEndMae.Mlflow;

/// <summary>What earlier sessions have put into a spool: their runs, and which points of metrics.</summary>
internal sealed class SpoolHistory
{
    // Steps as sorted runs of numbers would be smaller; a long training has some ten thousand points, and this is read before it starts.
    private readonly Dictionary<(string Run, string Key), HashSet<long>> steps = [];

    /// <summary>The store of the last session; null where there was none.</summary>
    public string? Target { get; private set; }

    /// <summary>Our ids of runs by the program's keys.</summary>
    public Dictionary<string, string> Runs { get; } = new(StringComparer.Ordinal);

    public static SpoolHistory Read(string path)
    {
        var history = new SpoolHistory();
        foreach ((SpoolRecord record, _) in new SpoolReader(path).Read(0))
        {
            if (record.Op == SpoolRecord.Target) history.Target = record.Uri;
            if (record is { Op: SpoolRecord.Start, Key: { } key, Run: { } run }) history.Runs[key] = run;
            if (record is not { Op: SpoolRecord.Metrics, Run: { } owner, Points: { } points }) continue;
            foreach (MetricValue point in points)
            {
                if (!history.steps.TryGetValue((owner, point.Key), out HashSet<long>? known)) history.steps[(owner, point.Key)] = known = [];
                known.Add(point.Step);
            }
        }
        return history;
    }

    /// <summary>Whether an earlier session has logged a metric at a step.</summary>
    public bool Has(string run, string key, long step) => steps.Count > 0 && steps.TryGetValue((run, key), out HashSet<long>? known) && known.Contains(step);

    /// <summary>The last step of a metric in earlier sessions; -1 for none.</summary>
    public long LastStep(string run, string key) => steps.TryGetValue((run, key), out HashSet<long>? known) && known.Count > 0 ? known.Max() : -1;
}
