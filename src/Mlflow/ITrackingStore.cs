namespace HiEndMae.Mlflow;

/// <summary>A place that keeps runs as MLflow does: a local database, or a tracking server.</summary>
/// <remarks>
/// Every call has reached the store when it returns. Calls may come from several threads. All failures that a user can mend,
/// or must know of, are <see cref="TrackingException"/>.
/// </remarks>
public interface ITrackingStore : IDisposable
{
    /// <summary>Where the runs go, for people: <c>runs/mlflow.db</c>, or the server's address. Holds no credentials.</summary>
    string Description { get; }

    /// <summary>The id of the experiment of that name, which is made if there is none.</summary>
    /// <param name="name">1 to 256 characters.</param>
    /// <exception cref="TrackingException">The name is no good, or the experiment was deleted.</exception>
    string GetOrCreateExperiment(string name);

    /// <summary>The name of an experiment; null where there is none of that id.</summary>
    string? NameOfExperiment(string experimentId);

    /// <summary>Sets tags of an experiment; one that is there takes the new value.</summary>
    /// <param name="experimentId">From <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="tags">Values beyond 5,000 characters are cut.</param>
    void SetExperimentTags(string experimentId, IReadOnlyDictionary<string, string> tags);

    /// <summary>Makes a run in state RUNNING and returns its id.</summary>
    /// <param name="experimentId">From <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="name">Name of the run, also kept as tag <c>mlflow.runName</c>.</param>
    /// <param name="parentRunId">The run below which this one is shown, as in a sweep; null for none.</param>
    /// <param name="tags">
    /// Further tags. <c>mlflow.user</c>, <c>mlflow.source.name</c> and <c>mlflow.source.type</c> are set where they are not given.
    /// </param>
    /// <param name="startTime">When it started; null for now.</param>
    /// <exception cref="TrackingException">The experiment is not there, or a tag cannot be kept.</exception>
    string CreateRun(string experimentId, string name, string? parentRunId, IReadOnlyDictionary<string, string> tags, DateTimeOffset? startTime = null);

    /// <summary>The active runs with a tag of that value, the oldest first.</summary>
    /// <param name="experimentId">From <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="tag">Name of the tag.</param>
    /// <param name="value">Its whole value, without quotes in it.</param>
    IReadOnlyList<string> FindRuns(string experimentId, string tag, string value);

    /// <summary>Whether the store has the run, and whether it is deleted.</summary>
    /// <param name="runId">A run, perhaps of this store.</param>
    RunPresence PresenceOf(string runId);

    /// <summary>The id of a run's experiment; null where the store does not have the run.</summary>
    string? ExperimentOf(string runId);

    /// <summary>Marks a run as deleted, as MLflow's pages do; MLflow can restore it.</summary>
    /// <param name="runId">A run of this store.</param>
    void DeleteRun(string runId);

    /// <summary>Writes parameters, which never change: the same value again is fine, another is refused.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="parameters">Values beyond 6,000 characters are cut, as MLflow cuts them.</param>
    /// <exception cref="TrackingException">A parameter has another value already, or a key is no good.</exception>
    void LogParams(string runId, IReadOnlyDictionary<string, string> parameters);

    /// <summary>Writes points of metrics. Points that are there already change nothing, so a batch may be sent again.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="points">Any number, of any keys, in any order.</param>
    /// <exception cref="TrackingException">The run is not there, or a key is no good.</exception>
    void LogMetrics(string runId, IReadOnlyList<MetricPoint> points);

    /// <summary>Sets tags; one that is there takes the new value.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="tags">Values beyond 8,000 characters are cut, as MLflow cuts them.</param>
    /// <exception cref="TrackingException">The run is not there, or a key is no good.</exception>
    void SetTags(string runId, IReadOnlyDictionary<string, string> tags);

    /// <summary>Keeps a copy of a file at <c>folder/file name</c> below the run's artifacts. A reader never sees half of it.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="file">The file to copy.</param>
    /// <param name="folder">Folders below the run's artifacts, parted by <c>/</c>; empty for none.</param>
    /// <exception cref="TrackingException">The file cannot be read, or its copy not written.</exception>
    void LogArtifact(string runId, string file, string folder);

    /// <summary>Logs a model among the outputs of a run, and makes a version of a registered model where one is wanted. Doing it again changes nothing.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="model">Its files and description.</param>
    /// <exception cref="TrackingException">A file cannot be read, or the store takes no models.</exception>
    void LogModel(string runId, ModelPackage model);

    /// <summary>Downloads the file or folder that an address names.</summary>
    /// <param name="uri">Artifacts of a run, or a model.</param>
    /// <param name="target">The file or folder that it becomes.</param>
    /// <exception cref="TrackingException">There is nothing of that address.</exception>
    void Fetch(ArtifactUri uri, string target);

    /// <summary>The address of what <paramref name="uri"/> names now: an alias becomes the version that it stands for.</summary>
    /// <exception cref="TrackingException">There is nothing of that address.</exception>
    ArtifactUri Pin(ArtifactUri uri);

    /// <summary>Says which datasets the run read. One that is there already changes nothing.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="inputs">Datasets with what they were read for.</param>
    /// <exception cref="TrackingException">The run is not there.</exception>
    void LogInputs(string runId, IReadOnlyList<DatasetInput> inputs);

    /// <summary>Ends the run. Ending it again replaces the status.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="endTime">When it ended; null for now.</param>
    /// <exception cref="TrackingException">The run is not there.</exception>
    void Finish(string runId, RunStatus status, DateTimeOffset? endTime = null);

    /// <summary>Sets a run that has ended to RUNNING, to go on with it.</summary>
    /// <param name="runId">A run, perhaps of this store.</param>
    /// <returns>False where the store does not know the run, or it was deleted.</returns>
    bool Reopen(string runId);
}
