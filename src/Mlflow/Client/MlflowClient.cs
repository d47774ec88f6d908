using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>A typed client of MLflow's tracking REST API 2.0: experiments, runs, values, inputs, artifacts, search.</summary>
/// <remarks>
/// Calls block until the server has answered. They are thread-safe, and meant for a background thread such as that of <see cref="TrackingSession"/>.
/// Requests that fail temporarily are repeated (<see cref="MlflowClientOptions"/>). The creation of a run is repeated only if the server cannot have received it.
/// Every failure is a <see cref="TrackingException"/> whose <see cref="TrackingException.Failure"/> says whether trying later can help.
/// </remarks>
public sealed class MlflowClient : IDisposable
{
    /// <summary>The largest number of metric points in one request.</summary>
    /// <remarks>
    /// Servers accept 1,000. Servers before 3.10.1 refuse a batch of more than 100 points if they receive it a second time
    /// (mlflow#19144), for example after a lost response.
    /// </remarks>
    public const int MaxPoints = 100;

    /// <summary>The largest number of parameters, and of tags, in one request. This is the servers' limit.</summary>
    public const int MaxEntries = 100;

    /// <summary>The largest number of runs on a page.</summary>
    public const int MaxPage = 50_000;

    private const string Api = "api/2.0/mlflow/";
    private readonly MlflowTransport transport;
    private readonly MlflowArtifacts artifacts;

    /// <summary>Creates the client. Sends nothing yet.</summary>
    /// <param name="server">Address and credentials.</param>
    /// <param name="clock">Times the waits between attempts.</param>
    /// <param name="options">Timeouts and repetitions.</param>
    public MlflowClient(TrackingServer server, TimeProvider clock, MlflowClientOptions? options = null)
        : this(server, (server ?? throw new ArgumentNullException(nameof(server))).CreateHandler(), clock, options)
    {
    }

    /// <summary>Creates the client with a handler of the caller. Sends nothing yet.</summary>
    /// <param name="server">Address and credentials.</param>
    /// <param name="handler">Sends requests; disposed with the client.</param>
    /// <param name="clock">Times the waits between attempts.</param>
    /// <param name="options">Timeouts and repetitions.</param>
    public MlflowClient(TrackingServer server, HttpMessageHandler handler, TimeProvider clock, MlflowClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(clock);
        transport = new MlflowTransport(server, handler, options ?? new MlflowClientOptions(), clock);
        artifacts = new MlflowArtifacts(transport, server);
        Models = new MlflowModels(transport);
    }

    /// <summary>The calls for models.</summary>
    public MlflowModels Models { get; }

    /// <summary>Returns the experiment with this name, also if it is deleted; null if there is none.</summary>
    public Experiment? FindExperiment(string name) =>
        OrNull(() => transport.Get($"{Api}experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", MlflowJson.Default.ExperimentAnswer))?.Experiment;

    /// <summary>Returns the experiment with this id; null if there is none.</summary>
    public Experiment? GetExperiment(string experimentId) =>
        OrNull(() => transport.Get($"{Api}experiments/get?experiment_id={Uri.EscapeDataString(experimentId)}", MlflowJson.Default.ExperimentAnswer))?.Experiment;

    /// <summary>Creates an experiment and returns its id.</summary>
    /// <exception cref="TrackingException">An experiment with this name exists, possibly deleted (RESOURCE_ALREADY_EXISTS).</exception>
    public string CreateExperiment(string name, string? artifactLocation = null, IReadOnlyList<Entry>? tags = null) => transport.Post(
        $"{Api}experiments/create", new CreateExperimentRequest(name, artifactLocation, tags), MlflowJson.Default.CreateExperimentRequest, MlflowJson.Default.ExperimentIdAnswer, isRepeatable: false).ExperimentId;

    /// <summary>Returns one page of active experiments.</summary>
    /// <param name="filter">Filter in MLflow's syntax, such as <c>name = 'mae'</c>; null for all.</param>
    /// <param name="maxResults">Largest number of results, up to <see cref="MaxPage"/>.</param>
    /// <param name="pageToken">Token that the previous page returned; null for the first page.</param>
    public Page<Experiment> SearchExperiments(string? filter = null, int maxResults = 1000, string? pageToken = null)
    {
        SearchExperimentsAnswer answer = transport.Post(
            $"{Api}experiments/search", new SearchRequest(null, filter, null, "ACTIVE_ONLY", maxResults, null, pageToken), MlflowJson.Default.SearchRequest, MlflowJson.Default.SearchExperimentsAnswer);
        return new Page<Experiment>(answer.Experiments ?? [], answer.NextPageToken);
    }

    /// <summary>Sets a tag of an experiment.</summary>
    public void SetExperimentTag(string experimentId, string key, string value) => transport.Post(
        $"{Api}experiments/set-experiment-tag", new ExperimentTagRequest(experimentId, key, value), MlflowJson.Default.ExperimentTagRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Creates a run with status RUNNING. A client cannot choose its id.</summary>
    /// <param name="experimentId">Its experiment.</param>
    /// <param name="name">Its name. A tag <c>mlflow.runName</c> must have the same value.</param>
    /// <param name="startTime">When it started.</param>
    /// <param name="tags">Its tags. <c>mlflow.parentRunId</c> names its parent run.</param>
    /// <param name="userId">The user who started it.</param>
    public Run CreateRun(string experimentId, string name, DateTimeOffset startTime, IReadOnlyList<Entry>? tags = null, string? userId = null) => transport.Post(
        $"{Api}runs/create", new CreateRunRequest(experimentId, userId, name, startTime.ToUnixTimeMilliseconds(), tags), MlflowJson.Default.CreateRunRequest, MlflowJson.Default.RunAnswer, isRepeatable: false).Run;

    /// <summary>Returns a run with the last value of each metric; null if there is none.</summary>
    public Run? GetRun(string runId) => OrNull(() => transport.Get($"{Api}runs/get?run_id={Uri.EscapeDataString(runId)}", MlflowJson.Default.RunAnswer))?.Run;

    /// <summary>Changes status, end and name of a run. Null leaves a value unchanged.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="status">RUNNING, FINISHED, FAILED or KILLED.</param>
    /// <param name="endTime">When it ended.</param>
    /// <param name="name">Its new name.</param>
    public RunInfo UpdateRun(string runId, string? status = null, DateTimeOffset? endTime = null, string? name = null) => transport.Post(
        $"{Api}runs/update", new UpdateRunRequest(runId, status, endTime?.ToUnixTimeMilliseconds(), name), MlflowJson.Default.UpdateRunRequest, MlflowJson.Default.UpdateRunAnswer).RunInfo;

    /// <summary>Marks a run as deleted. MLflow can restore it.</summary>
    public void DeleteRun(string runId) => transport.Post($"{Api}runs/delete", new RunIdRequest(runId), MlflowJson.Default.RunIdRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Restores a deleted run.</summary>
    public void RestoreRun(string runId) => transport.Post($"{Api}runs/restore", new RunIdRequest(runId), MlflowJson.Default.RunIdRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Returns one page of active runs.</summary>
    /// <param name="experimentIds">Experiments to search.</param>
    /// <param name="filter">Filter in MLflow's syntax, such as <c>metrics.loss &lt; 1</c>; null for all.</param>
    /// <param name="orderBy">Order, such as <c>attributes.start_time DESC</c>.</param>
    /// <param name="maxResults">Largest number of results, up to <see cref="MaxPage"/>.</param>
    /// <param name="pageToken">Token that the previous page returned; null for the first page.</param>
    public Page<Run> SearchRuns(IReadOnlyList<string> experimentIds, string? filter = null, IReadOnlyList<string>? orderBy = null, int maxResults = 1000, string? pageToken = null)
    {
        SearchRunsAnswer answer = transport.Post(
            $"{Api}runs/search", new SearchRequest(experimentIds, filter, "ACTIVE_ONLY", null, maxResults, orderBy, pageToken), MlflowJson.Default.SearchRequest, MlflowJson.Default.SearchRunsAnswer);
        return new Page<Run>(answer.Runs ?? [], answer.NextPageToken);
    }

    /// <summary>Logs metrics, parameters and tags, in several requests if needed. Logging the same values again changes nothing, except that servers refuse a NaN that they already have.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="metrics">Points, sent in requests of at most <see cref="MaxPoints"/>.</param>
    /// <param name="parameters">Parameters, sent in requests of at most <see cref="MaxEntries"/>.</param>
    /// <param name="tags">Tags, sent in requests of at most <see cref="MaxEntries"/>.</param>
    /// <exception cref="TrackingException">The server refuses a value, or cannot be reached. The requests before the failed one took effect.</exception>
    public void LogBatch(string runId, IReadOnlyList<MetricValue> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        foreach (LogBatchRequest batch in Batches.Of(runId, metrics, parameters, tags))
            transport.Post($"{Api}runs/log-batch", batch, MlflowJson.Default.LogBatchRequest, MlflowJson.Default.EmptyAnswer);
    }

    /// <summary>Removes a tag.</summary>
    /// <exception cref="TrackingException">It does not exist (<see cref="TrackingFailure.Missing"/>).</exception>
    public void DeleteTag(string runId, string key) => transport.Post($"{Api}runs/delete-tag", new DeleteTagRequest(runId, key), MlflowJson.Default.DeleteTagRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Records the datasets that a run read.</summary>
    public void LogInputs(string runId, IReadOnlyList<DatasetInput> datasets) =>
        transport.Post($"{Api}runs/log-inputs", new LogInputsRequest(runId, datasets), MlflowJson.Default.LogInputsRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Returns every point of a metric, page by page.</summary>
    public IEnumerable<MetricValue> GetMetricHistory(string runId, string key)
    {
        string? token = null;
        do
        {
            // The size is always given, because MLflow 3 returns an empty page without it.
            string page = token is null ? "" : $"&page_token={Uri.EscapeDataString(token)}";
            HistoryAnswer answer = transport.Get(
                string.Create(CultureInfo.InvariantCulture, $"{Api}metrics/get-history?run_id={Uri.EscapeDataString(runId)}&metric_key={Uri.EscapeDataString(key)}&max_results=25000{page}"), MlflowJson.Default.HistoryAnswer);
            foreach (MetricValue point in answer.Metrics ?? []) yield return point;
            token = answer.NextPageToken is { Length: > 0 } next && next != token ? next : null;
        }
        while (token is not null);
    }

    /// <summary>Lists one folder of a run's artifacts.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="folder">Folder relative to the run's artifacts; empty for all of them.</param>
    public IReadOnlyList<ArtifactEntry> ListArtifacts(string runId, string folder = "")
    {
        string path = folder.Length == 0 ? "" : $"&path={Uri.EscapeDataString(folder)}";
        return transport.Get($"{Api}artifacts/list?run_id={Uri.EscapeDataString(runId)}{path}", MlflowJson.Default.ArtifactsAnswer).Files ?? [];
    }

    /// <summary>Copies a file to a run's artifacts, through the server or, if this machine can reach it, directly into the folder that the server names.</summary>
    /// <param name="artifactUri">Location of the run's artifacts, from <see cref="RunInfo.ArtifactUri"/>.</param>
    /// <param name="file">The file.</param>
    /// <param name="folder">Folder relative to the run's artifacts, with <c>/</c> between its parts; empty for none.</param>
    /// <exception cref="TrackingException">The file cannot be read, or this client cannot reach the location of the artifacts.</exception>
    public void UploadArtifact(string artifactUri, string file, string folder = "") => artifacts.Upload(artifactUri, file, folder);

    /// <summary>Reads an artifact.</summary>
    /// <param name="artifactUri">Location of the run's artifacts, from <see cref="RunInfo.ArtifactUri"/>.</param>
    /// <param name="path">Path relative to the run's artifacts.</param>
    public byte[] DownloadArtifact(string artifactUri, string path) => artifacts.Download(artifactUri, path);

    /// <summary>Downloads an artifact or a folder of artifacts.</summary>
    /// <param name="artifactUri">Location of the artifacts of the run or the logged model.</param>
    /// <param name="path">Path relative to that location; empty for everything.</param>
    /// <param name="target">Path of the downloaded file or folder.</param>
    /// <returns>The number of copied files; 0 if nothing is at the path.</returns>
    public int DownloadArtifacts(string artifactUri, string path, string target) => artifacts.DownloadTo(artifactUri, path, target);

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();

    private static T? OrNull<T>(Func<T> request) where T : class
    {
        try
        {
            return request();
        }
        catch (TrackingException error) when (error.Failure == TrackingFailure.Missing)
        {
            return null;
        }
    }
}
