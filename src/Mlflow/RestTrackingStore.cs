namespace HiEndMae.Mlflow;

/// <summary>Stores runs on a tracking server through REST API 2.0. Requests that fail temporarily are repeated.</summary>
public sealed class RestTrackingStore : ITrackingStore
{
    private readonly MlflowClient client;
    private readonly RestModels models;
    private readonly Dictionary<string, string> artifactRoots = [];
    private readonly Func<string, string?> getVariable;
    private readonly TimeProvider clock;

    /// <summary>Creates the store. Sends nothing yet.</summary>
    /// <param name="server">Address and credentials.</param>
    /// <param name="handler">Sends requests; disposed with the store. Null for the server's default handler.</param>
    /// <param name="getVariable">Reads USER for the tag mlflow.user.</param>
    /// <param name="clock">Gives the times of runs, and times the waits between attempts.</param>
    /// <param name="options">Timeouts and repetitions.</param>
    public RestTrackingStore(TrackingServer server, HttpMessageHandler? handler, Func<string, string?> getVariable, TimeProvider clock, MlflowClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(getVariable);
        this.getVariable = getVariable;
        this.clock = clock;
        Description = server.ToString();
        client = new MlflowClient(server, handler ?? server.CreateHandler(), clock, options);
        models = new RestModels(client);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string GetOrCreateExperiment(string name)
    {
        EntityRules.CheckExperimentName(name);
        return Find() ?? Create() ?? Find() ?? throw new TrackingException($"{Description} does not have the experiment '{name}' and cannot create it.");

        string? Find()
        {
            Experiment? found = client.FindExperiment(name);
            if (found is { LifecycleStage: "deleted" })
                throw new TrackingException(TrackingFailure.Unavailable, $"The experiment '{name}' on {Description} is deleted; restore it in MLflow, or choose another name.");
            return found?.ExperimentId;
        }

        string? Create()
        {
            try
            {
                return client.CreateExperiment(name);
            }
            catch (TrackingException error) when (error.ErrorCode == "RESOURCE_ALREADY_EXISTS")
            {
                return null; // another process made it in between
            }
        }
    }

    /// <inheritdoc/>
    public string? NameOfExperiment(string experimentId) => client.GetExperiment(experimentId)?.Name;

    /// <inheritdoc/>
    public void SetExperimentTags(string experimentId, IReadOnlyDictionary<string, string> tags)
    {
        foreach ((string key, string value) in EntityRules.ExperimentTags(tags)) client.SetExperimentTag(experimentId, key, value);
    }

    /// <inheritdoc/>
    public string? ExperimentOf(string runId) => client.GetRun(runId)?.Info.ExperimentId;

    /// <inheritdoc/>
    public void LogModel(string runId, ModelPackage model) => models.Log(GetRun(runId), model);

    /// <inheritdoc/>
    public void Fetch(ArtifactUri uri, string target)
    {
        if (models.Fetch(uri, target) == 0) throw new TrackingException(TrackingFailure.Missing, $"{Description} has nothing at {uri.Text}.");
    }

    /// <inheritdoc/>
    public ArtifactUri Pin(ArtifactUri uri) => uri.Alias is null ? uri : uri with { Version = models.VersionOf(uri).Version, Alias = null };

    /// <inheritdoc/>
    public string CreateRun(string experimentId, string name, string? parentRunId, IReadOnlyDictionary<string, string> tags, DateTimeOffset? startTime = null)
    {
        Dictionary<string, string> all = RunTags.Of(name, parentRunId, tags, getVariable);
        RunInfo info = client.CreateRun(experimentId, name, startTime ?? clock.GetUtcNow(), Entries(EntityRules.Tags(all)), all.GetValueOrDefault(RunTags.User, "")).Info;
        artifactRoots[info.RunId] = info.ArtifactUri ?? "";
        return info.RunId;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindRuns(string experimentId, string tag, string value) =>
        [.. client.SearchRuns([experimentId], $"tags.`{tag}` = '{value}'", ["attributes.start_time ASC"]).Items
            .OrderBy(run => run.Info.StartTime).ThenBy(run => run.Info.RunId, StringComparer.Ordinal).Select(run => run.Info.RunId)];

    /// <inheritdoc/>
    public RunPresence PresenceOf(string runId) => client.GetRun(runId) switch
    {
        null => RunPresence.Missing,
        { Info.LifecycleStage: "deleted" } => RunPresence.Deleted,
        _ => RunPresence.Active,
    };

    /// <inheritdoc/>
    public void DeleteRun(string runId) => client.DeleteRun(runId);

    /// <inheritdoc/>
    public void LogParams(string runId, IReadOnlyDictionary<string, string> parameters) => client.LogBatch(runId, [], Entries(EntityRules.Params(parameters)), []);

    /// <inheritdoc/>
    public void LogMetrics(string runId, IReadOnlyList<MetricPoint> points)
    {
        EntityRules.CheckKeys(points);
        List<MetricValue> values = [.. points.Select(static point => new MetricValue(point.Key, point.Value, point.Time.ToUnixTimeMilliseconds(), point.Step))];
        foreach (MetricValue[] batch in Batches.Unique(values).Chunk(MlflowClient.MaxPoints))
        {
            try
            {
                client.LogBatch(runId, batch, [], []);
            }
            catch (TrackingException error) when (error.Failure == TrackingFailure.Refused && batch.Any(IsNaN) && WithoutStoredNaNs(runId, batch) is { } rest && rest.Count < batch.Length)
            {
                client.LogBatch(runId, rest, [], []);
            }
        }
    }

    // A server does not recognise a NaN that it has already stored. It tries to store it again and refuses the batch. The metric's history shows the stored points.
    private List<MetricValue> WithoutStoredNaNs(string runId, MetricValue[] batch)
    {
        var stored = new HashSet<MetricValue>();
        foreach (string key in batch.Where(IsNaN).Select(static point => point.Key).Distinct())
            stored.UnionWith(client.GetMetricHistory(runId, key).Where(IsNaN));
        return [.. batch.Where(point => !stored.Contains(point))];
    }

    private static bool IsNaN(MetricValue point) => double.IsNaN(point.Value);

    /// <inheritdoc/>
    public void SetTags(string runId, IReadOnlyDictionary<string, string> tags) => client.LogBatch(runId, [], [], Entries(EntityRules.Tags(tags)));

    /// <inheritdoc/>
    public void LogArtifact(string runId, string file, string folder)
    {
        if (!artifactRoots.TryGetValue(runId, out string? root))
        {
            artifactRoots[runId] = root = GetRun(runId).Info.ArtifactUri ?? "";
        }
        client.UploadArtifact(root, file, folder);
    }

    /// <inheritdoc/>
    public void LogInputs(string runId, IReadOnlyList<DatasetInput> inputs) => client.LogInputs(runId, inputs);

    /// <inheritdoc/>
    public void Finish(string runId, RunStatus status, DateTimeOffset? endTime = null) => client.UpdateRun(runId, EntityRules.Name(status), endTime ?? clock.GetUtcNow());

    /// <inheritdoc/>
    public bool Reopen(string runId)
    {
        if (client.GetRun(runId) is not { Info: { LifecycleStage: not "deleted" } info }) return false;
        artifactRoots[runId] = info.ArtifactUri ?? "";
        client.UpdateRun(runId, "RUNNING");
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private Run GetRun(string runId) => client.GetRun(runId) ?? throw new TrackingException(TrackingFailure.Missing, $"{Description} has no run {runId}.");

    private static Entry[] Entries(KeyValuePair<string, string>[] entries) => [.. entries.Select(entry => new Entry(entry.Key, entry.Value))];
}
