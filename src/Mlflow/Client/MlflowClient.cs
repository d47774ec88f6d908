using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>A typed client of MLflow's tracking REST API 2.0: experiments, runs, values, inputs, artifacts, search.</summary>
/// <remarks>
/// Calls wait for the answer and may come from several threads; they are made for a thread of their own, as <see cref="TrackingSession"/> has one.
/// What fails for the moment is sent again (<see cref="MlflowClientOptions"/>), the creation of a run only where the server cannot have seen it.
/// Every failure is a <see cref="TrackingException"/> whose <see cref="TrackingException.Failure"/> says whether trying later can help.
/// </remarks>
public sealed class MlflowClient : IDisposable
{
    /// <summary>The most points of metrics in one request.</summary>
    /// <remarks>
    /// Servers take 1,000, but those before 3.10.1 refuse a larger batch than this when they get it a second time
    /// (mlflow#19144), as after a lost answer.
    /// </remarks>
    public const int MaxPoints = 100;

    /// <summary>The most parameters, and the most tags, in one request. The limit of the servers.</summary>
    public const int MaxEntries = 100;

    /// <summary>A page of runs holds at most so many.</summary>
    public const int MaxPage = 50_000;

    private const string Api = "api/2.0/mlflow/";
    private readonly MlflowTransport transport;
    private readonly MlflowArtifacts artifacts;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    /// <param name="server">Address and credentials.</param>
    /// <param name="clock">The waits between attempts.</param>
    /// <param name="options">How patient it is.</param>
    public MlflowClient(TrackingServer server, TimeProvider clock, MlflowClientOptions? options = null)
        : this(server, (server ?? throw new ArgumentNullException(nameof(server))).CreateHandler(), clock, options)
    {
    }

    /// <summary>Creates the client on a handler of the caller's; nothing is sent yet.</summary>
    /// <param name="server">Address and credentials.</param>
    /// <param name="handler">Sends requests; disposed with the client.</param>
    /// <param name="clock">The waits between attempts.</param>
    /// <param name="options">How patient it is.</param>
    public MlflowClient(TrackingServer server, HttpMessageHandler handler, TimeProvider clock, MlflowClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(clock);
        transport = new MlflowTransport(server, handler, options ?? new MlflowClientOptions(), clock);
        artifacts = new MlflowArtifacts(transport, server);
        Models = new MlflowModels(transport);
    }

    /// <summary>The calls that concern models.</summary>
    public MlflowModels Models { get; }

    /// <summary>The experiment of that name, deleted or not; null if there is none.</summary>
    public Experiment? FindExperiment(string name) =>
        OrNull(() => transport.Get($"{Api}experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}", MlflowJson.Default.ExperimentAnswer))?.Experiment;

    /// <summary>The experiment of that id; null if there is none.</summary>
    public Experiment? GetExperiment(string experimentId) =>
        OrNull(() => transport.Get($"{Api}experiments/get?experiment_id={Uri.EscapeDataString(experimentId)}", MlflowJson.Default.ExperimentAnswer))?.Experiment;

    /// <summary>Makes an experiment and returns its id.</summary>
    /// <exception cref="TrackingException">There is one of that name, deleted ones included (RESOURCE_ALREADY_EXISTS).</exception>
    public string CreateExperiment(string name, string? artifactLocation = null, IReadOnlyList<Entry>? tags = null) => transport.Post(
        $"{Api}experiments/create", new CreateExperimentRequest(name, artifactLocation, tags), MlflowJson.Default.CreateExperimentRequest, MlflowJson.Default.ExperimentIdAnswer, isRepeatable: false).ExperimentId;

    /// <summary>One page of active experiments.</summary>
    /// <param name="filter">In MLflow's language, such as <c>name = 'mae'</c>; null for all.</param>
    /// <param name="maxResults">Up to <see cref="MaxPage"/>.</param>
    /// <param name="pageToken">From the page before.</param>
    public Page<Experiment> SearchExperiments(string? filter = null, int maxResults = 1000, string? pageToken = null)
    {
        SearchExperimentsAnswer answer = transport.Post(
            $"{Api}experiments/search", new SearchRequest(null, filter, null, "ACTIVE_ONLY", maxResults, null, pageToken), MlflowJson.Default.SearchRequest, MlflowJson.Default.SearchExperimentsAnswer);
        return new Page<Experiment>(answer.Experiments ?? [], answer.NextPageToken);
    }

    /// <summary>Sets a tag of an experiment.</summary>
    public void SetExperimentTag(string experimentId, string key, string value) => transport.Post(
        $"{Api}experiments/set-experiment-tag", new ExperimentTagRequest(experimentId, key, value), MlflowJson.Default.ExperimentTagRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Makes a run in state RUNNING. A client cannot choose its id.</summary>
    /// <param name="experimentId">Its experiment.</param>
    /// <param name="name">Its name; must agree with a tag <c>mlflow.runName</c>.</param>
    /// <param name="startTime">When it started.</param>
    /// <param name="tags">Its tags; <c>mlflow.parentRunId</c> puts it below another.</param>
    /// <param name="userId">Who started it.</param>
    public Run CreateRun(string experimentId, string name, DateTimeOffset startTime, IReadOnlyList<Entry>? tags = null, string? userId = null) => transport.Post(
        $"{Api}runs/create", new CreateRunRequest(experimentId, userId, name, startTime.ToUnixTimeMilliseconds(), tags), MlflowJson.Default.CreateRunRequest, MlflowJson.Default.RunAnswer, isRepeatable: false).Run;

    /// <summary>A run with its last values; null if there is none.</summary>
    public Run? GetRun(string runId) => OrNull(() => transport.Get($"{Api}runs/get?run_id={Uri.EscapeDataString(runId)}", MlflowJson.Default.RunAnswer))?.Run;

    /// <summary>Changes status, end and name of a run; what is null stays.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="status">RUNNING, FINISHED, FAILED or KILLED.</param>
    /// <param name="endTime">When it ended.</param>
    /// <param name="name">Its new name.</param>
    public RunInfo UpdateRun(string runId, string? status = null, DateTimeOffset? endTime = null, string? name = null) => transport.Post(
        $"{Api}runs/update", new UpdateRunRequest(runId, status, endTime?.ToUnixTimeMilliseconds(), name), MlflowJson.Default.UpdateRunRequest, MlflowJson.Default.UpdateRunAnswer).RunInfo;

    /// <summary>Marks a run as deleted; MLflow can restore it.</summary>
    public void DeleteRun(string runId) => transport.Post($"{Api}runs/delete", new RunIdRequest(runId), MlflowJson.Default.RunIdRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Restores a deleted run.</summary>
    public void RestoreRun(string runId) => transport.Post($"{Api}runs/restore", new RunIdRequest(runId), MlflowJson.Default.RunIdRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>One page of active runs.</summary>
    /// <param name="experimentIds">Where to look.</param>
    /// <param name="filter">In MLflow's language, such as <c>metrics.loss &lt; 1</c>; null for all.</param>
    /// <param name="orderBy">Such as <c>attributes.start_time DESC</c>.</param>
    /// <param name="maxResults">Up to <see cref="MaxPage"/>.</param>
    /// <param name="pageToken">From the page before.</param>
    public Page<Run> SearchRuns(IReadOnlyList<string> experimentIds, string? filter = null, IReadOnlyList<string>? orderBy = null, int maxResults = 1000, string? pageToken = null)
    {
        SearchRunsAnswer answer = transport.Post(
            $"{Api}runs/search", new SearchRequest(experimentIds, filter, "ACTIVE_ONLY", null, maxResults, orderBy, pageToken), MlflowJson.Default.SearchRequest, MlflowJson.Default.SearchRunsAnswer);
        return new Page<Run>(answer.Runs ?? [], answer.NextPageToken);
    }

    /// <summary>Logs values of all kinds in as many requests as they need. Logging the same values again changes nothing, except that servers refuse a NaN that they have.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="metrics">Points, at most <see cref="MaxPoints"/> in a request.</param>
    /// <param name="parameters">Parameters, at most <see cref="MaxEntries"/> in a request.</param>
    /// <param name="tags">Tags, at most <see cref="MaxEntries"/> in a request.</param>
    /// <exception cref="TrackingException">The server refuses a value, or cannot be reached. Requests before that one have been carried out.</exception>
    public void LogBatch(string runId, IReadOnlyList<MetricValue> metrics, IReadOnlyList<Entry> parameters, IReadOnlyList<Entry> tags)
    {
        foreach (LogBatchRequest batch in Batches.Of(runId, metrics, parameters, tags))
            transport.Post($"{Api}runs/log-batch", batch, MlflowJson.Default.LogBatchRequest, MlflowJson.Default.EmptyAnswer);
    }

    /// <summary>Removes a tag.</summary>
    /// <exception cref="TrackingException">There is none (<see cref="TrackingFailure.Missing"/>).</exception>
    public void DeleteTag(string runId, string key) => transport.Post($"{Api}runs/delete-tag", new DeleteTagRequest(runId, key), MlflowJson.Default.DeleteTagRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Says what a run read.</summary>
    public void LogInputs(string runId, IReadOnlyList<DatasetInput> datasets) =>
        transport.Post($"{Api}runs/log-inputs", new LogInputsRequest(runId, datasets), MlflowJson.Default.LogInputsRequest, MlflowJson.Default.EmptyAnswer);

    /// <summary>Every point of a metric, page by page.</summary>
    public IEnumerable<MetricValue> GetMetricHistory(string runId, string key)
    {
        string? token = null;
        do
        {
            // Always with a size: without one MLflow 3 answers with an empty page.
            string page = token is null ? "" : $"&page_token={Uri.EscapeDataString(token)}";
            HistoryAnswer answer = transport.Get(
                string.Create(CultureInfo.InvariantCulture, $"{Api}metrics/get-history?run_id={Uri.EscapeDataString(runId)}&metric_key={Uri.EscapeDataString(key)}&max_results=25000{page}"), MlflowJson.Default.HistoryAnswer);
            foreach (MetricValue point in answer.Metrics ?? []) yield return point;
            token = answer.NextPageToken is { Length: > 0 } next && next != token ? next : null;
        }
        while (token is not null);
    }

    /// <summary>Files and folders of one folder among a run's artifacts.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="folder">Below the run's artifacts; empty for these.</param>
    public IReadOnlyList<ArtifactEntry> ListArtifacts(string runId, string folder = "")
    {
        string path = folder.Length == 0 ? "" : $"&path={Uri.EscapeDataString(folder)}";
        return transport.Get($"{Api}artifacts/list?run_id={Uri.EscapeDataString(runId)}{path}", MlflowJson.Default.ArtifactsAnswer).Files ?? [];
    }

    /// <summary>Keeps a copy of a file among a run's artifacts: through the server, or in the folder that the server names where it is one of this machine.</summary>
    /// <param name="artifactUri">Of the run, from <see cref="RunInfo.ArtifactUri"/>.</param>
    /// <param name="file">The file.</param>
    /// <param name="folder">Folders below the run's artifacts, parted by <c>/</c>; empty for none.</param>
    /// <exception cref="TrackingException">The file cannot be read, or the artifacts lie where this client does not reach.</exception>
    public void UploadArtifact(string artifactUri, string file, string folder = "") => artifacts.Upload(artifactUri, file, folder);

    /// <summary>Reads an artifact.</summary>
    /// <param name="artifactUri">Of the run, from <see cref="RunInfo.ArtifactUri"/>.</param>
    /// <param name="path">Below the run's artifacts.</param>
    public byte[] DownloadArtifact(string artifactUri, string path) => artifacts.Download(artifactUri, path);

    /// <summary>Copies an artifact, or a folder of them, to this machine.</summary>
    /// <param name="artifactUri">Of the run or the logged model.</param>
    /// <param name="path">Below it; empty for everything.</param>
    /// <param name="target">The file or folder that it becomes.</param>
    /// <returns>How many files were copied; 0 where there is nothing at the path.</returns>
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
