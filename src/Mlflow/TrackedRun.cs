namespace HiEndMae.Mlflow;

/// <summary>A run of a <see cref="TrackingSession"/>. Its methods put something into the spool and return; they may be called from any thread.</summary>
/// <remarks>
/// Names become such as MLflow takes by one rule: a character that is not a letter, a digit, a space or one of <c>_ - . : /</c> becomes <c>_</c>, empty
/// parts between slashes fall out, and a name of more than 250 characters keeps its beginning and ends with <c>-</c> and eight hex digits of the whole.
/// Values of parameters are cut at 6,000 characters, of tags at 8,000.
/// </remarks>
public sealed class TrackedRun
{
    private const int MaxRecord = 1000; // points in one line of the spool

    private readonly TrackingSession session;
    private readonly string? parentId;

    internal TrackedRun(TrackingSession session, string id, string? parentId, bool isResumed)
    {
        this.session = session;
        this.parentId = parentId;
        Id = id;
        IsResumed = isResumed;
    }

    /// <summary>Our id of the run, known before any store is asked; the tag <c>hiendmae.run_id</c> holds it.</summary>
    public string Id { get; }

    /// <summary>Whether an earlier session of this directory started it.</summary>
    public bool IsResumed { get; }

    /// <summary>Logs parameters, which never change.</summary>
    public void LogParams(IReadOnlyDictionary<string, string> parameters)
    {
        List<Entry> entries = EntityRules.Clean(parameters, EntityRules.MaxParamValue);
        if (entries.Count > 0) session.Append(new SpoolRecord { Op = SpoolRecord.Params, Run = Id, Entries = entries });
    }

    /// <summary>Logs values. A value of a metric and step that an earlier session has logged is passed over: steps that are done again appear once.</summary>
    public void LogMetrics(IReadOnlyList<MetricPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (int start = 0; start < points.Count; start += MaxRecord)
        {
            var values = new List<MetricValue>(Math.Min(points.Count - start, MaxRecord));
            for (int i = start; i < points.Count && i < start + MaxRecord; i++)
            {
                MetricPoint point = points[i];
                string key = EntityRules.CleanKey(point.Key);
                if (!session.History.Has(Id, key, point.Step)) values.Add(new MetricValue(key, point.Value, point.Time.ToUnixTimeMilliseconds(), point.Step));
            }
            if (values.Count > 0) session.Append(new SpoolRecord { Op = SpoolRecord.Metrics, Run = Id, Points = values });
        }
    }

    /// <summary>Logs one value, now.</summary>
    public void LogMetric(string key, double value, long step) => LogMetrics([new MetricPoint(key, value, step, session.Now)]);

    /// <summary>Sets tags; one that is there takes the new value.</summary>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        List<Entry> entries = EntityRules.Clean(tags, EntityRules.MaxTagValue);
        if (entries.Count > 0) session.Append(new SpoolRecord { Op = SpoolRecord.Tags, Run = Id, Entries = entries });
    }

    /// <summary>Says which datasets the run reads.</summary>
    public void LogInputs(IReadOnlyList<DatasetInput> inputs) => session.Append(new SpoolRecord { Op = SpoolRecord.Inputs, Run = Id, Datasets = EntityRules.Clean(inputs) });

    /// <summary>Keeps a copy of a file among the run's artifacts, as it is when it is sent: it should stay as it is.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">Folders below the run's artifacts, parted by <c>/</c>; empty for none.</param>
    /// <exception cref="TrackingException">The folder would leave the run's artifacts.</exception>
    public void LogArtifact(string file, string folder = "")
    {
        ArtifactPaths.Split(folder);
        session.Append(new SpoolRecord { Op = SpoolRecord.Artifact, Run = Id, File = session.ForSpool(file), Folder = folder });
    }

    /// <summary>Ends the run.</summary>
    public void Finish(RunStatus status) =>
        session.Append(new SpoolRecord { Op = SpoolRecord.End, Run = Id, Parent = parentId, Status = status, Time = session.Now.ToUnixTimeMilliseconds() });
}
