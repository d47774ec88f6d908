namespace HiEndMae.Mlflow;

/// <summary>A run of a <see cref="TrackingSession"/>. Its methods append to the spool and return at once. They are thread-safe.</summary>
/// <remarks>
/// Names are converted to names that MLflow accepts: a character that is not a letter, a digit, a space or one of <c>_ - . : /</c> becomes <c>_</c>, empty
/// parts between slashes are removed, and a name of more than 250 characters is cut and ends with <c>-</c> and eight hex digits of a checksum.
/// Values of parameters are cut at 6,000 characters, values of tags at 8,000.
/// </remarks>
public sealed class TrackedRun
{
    private const int MaxRecord = 1000; // points in one line of the spool

    private readonly TrackingSession? session;
    private readonly string? parentId;

    internal TrackedRun(TrackingSession? session, string id, string? parentId, bool isResumed)
    {
        this.session = session;
        this.parentId = parentId;
        Id = id;
        IsResumed = isResumed;
    }

    /// <summary>A run that discards everything, for use when tracking is off.</summary>
    public static TrackedRun None { get; } = new(null, "", null, isResumed: false);

    /// <summary>Our id of the run, which does not depend on a store. It is stored in the tag <c>hiendmae.run_id</c>.</summary>
    public string Id { get; }

    /// <summary>Whether an earlier session of this directory started it.</summary>
    public bool IsResumed { get; }

    /// <summary>Logs parameters.</summary>
    /// <remarks>
    /// MLflow does not allow a parameter to change. If an earlier session of this directory has logged another value, the new value is logged as
    /// <c>changed-1/NAME</c> (then 2, 3, ...), and the tag <c>hiendmae.changed</c> names the changed parameters.
    /// </remarks>
    public void LogParams(IReadOnlyDictionary<string, string> parameters)
    {
        if (session is null) return;
        List<Entry> entries = EntityRules.Clean(parameters, EntityRules.MaxParamValue);
        Dictionary<string, string> known = session.History.ParametersOf(Id);
        List<Entry> added = [.. entries.Where(entry => !known.ContainsKey(entry.Key))];
        var changes = new List<string>();
        foreach (Entry entry in entries)
        {
            if (!known.TryGetValue(entry.Key, out string? first)) continue;
            int number = 1;
            string last = first;
            while (known.TryGetValue(ChangedKey(number, entry.Key), out string? later))
            {
                last = later;
                number++;
            }
            if (last == entry.Value) continue;
            string key = ChangedKey(number, entry.Key);
            added.Add(new Entry(key, entry.Value));
            changes.Add($"{entry.Key}: {last} -> {entry.Value} ({key})");
        }
        foreach (Entry entry in added) known[entry.Key] = entry.Value;
        if (added.Count > 0) session?.Append(new SpoolRecord { Op = SpoolRecord.Params, Run = Id, Entries = added });
        if (changes.Count > 0) SetTags(new Dictionary<string, string> { ["hiendmae.changed"] = string.Join("; ", changes) });
    }

    /// <summary>Logs values. If an earlier session has logged the metric at the same step, the value is skipped, so that repeated steps appear once.</summary>
    public void LogMetrics(IReadOnlyList<MetricPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (session is null) return;
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

    /// <summary>Logs one value with the current time, at the step after the last one that earlier sessions of this directory have logged.</summary>
    public void LogNext(string key, double value) => LogMetric(key, value, 1 + (session?.History.LastStep(Id, EntityRules.CleanKey(key)) ?? -1));

    /// <summary>Logs one value with the current time.</summary>
    public void LogMetric(string key, double value, long step) => LogMetrics([new MetricPoint(key, value, step, Now)]);

    /// <summary>Sets tags. An existing tag takes the new value.</summary>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        List<Entry> entries = EntityRules.Clean(tags, EntityRules.MaxTagValue);
        if (entries.Count > 0) session?.Append(new SpoolRecord { Op = SpoolRecord.Tags, Run = Id, Entries = entries });
    }

    /// <summary>Sets tags of the run's experiment. An existing tag takes the new value.</summary>
    public void SetExperimentTags(IReadOnlyDictionary<string, string> tags)
    {
        List<Entry> entries = EntityRules.Clean(tags, EntityRules.MaxExperimentTagValue);
        if (entries.Count > 0) session?.Append(new SpoolRecord { Op = SpoolRecord.ExperimentTags, Run = Id, Entries = entries });
    }

    /// <summary>Links this run to others. The tag <c>hiendmae.run.NAME</c> is set to the store's id of the other run as soon as the store has that run.</summary>
    /// <param name="others">Names of links with our ids (<see cref="Id"/>) of the target runs, which may belong to other processes.</param>
    public void Link(IReadOnlyDictionary<string, string> others)
    {
        if (others.Count > 0) session?.Append(new SpoolRecord { Op = SpoolRecord.Links, Run = Id, Entries = [.. others.Select(static one => new Entry(one.Key, one.Value))] });
    }

    /// <summary>Logs a model: as a logged model on a server of MLflow 3, otherwise among the run's artifacts.</summary>
    /// <param name="model">The model. Its files must not change until they are sent.</param>
    public void LogModel(ModelPackage model)
    {
        ArgumentNullException.ThrowIfNull(model);
        session?.Append(new SpoolRecord
        {
            Op = SpoolRecord.Model, Run = Id, Name = EntityRules.CleanKey(model.Name).Replace('/', '_'), Entries = [.. model.Files.Select(file => new Entry(session.ForSpool(file.Path), file.Folder))],
            Description = model.Description.ToJsonString(), Step = model.Step, RegisterAs = model.RegisterAs,
        });
    }

    /// <summary>Records the datasets that the run reads.</summary>
    public void LogInputs(IReadOnlyList<DatasetInput> inputs) => session?.Append(new SpoolRecord { Op = SpoolRecord.Inputs, Run = Id, Datasets = EntityRules.Clean(inputs) });

    /// <summary>Copies a file to the run's artifacts. The file must not change until it is sent.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">Folder relative to the run's artifacts, with <c>/</c> between its parts; empty for none.</param>
    /// <exception cref="TrackingException">The folder is not inside the run's artifacts.</exception>
    public void LogArtifact(string file, string folder = "")
    {
        ArtifactPaths.Split(folder);
        session?.Append(new SpoolRecord { Op = SpoolRecord.Artifact, Run = Id, File = session.ForSpool(file), Folder = folder });
    }

    /// <summary>Ends the run.</summary>
    public void Finish(RunStatus status) =>
        session?.Append(new SpoolRecord { Op = SpoolRecord.End, Run = Id, Parent = parentId, Status = status, Time = Now.ToUnixTimeMilliseconds() });

    private DateTimeOffset Now => session?.Now ?? default;

    private static string ChangedKey(int number, string key) => EntityRules.CleanKey(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"changed-{number}/{key}"));
}
