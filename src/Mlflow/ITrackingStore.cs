namespace HiEndMae.Mlflow;

/// <summary>A store of runs in MLflow's model: a local database or a tracking server.</summary>
/// <remarks>
/// A call returns after its effect has reached the store. Calls are thread-safe. All failures that a user can fix
/// or must know of are <see cref="TrackingException"/>.
/// </remarks>
public interface ITrackingStore : IDisposable
{
    /// <summary>The store's name in messages: <c>runs/mlflow.db</c>, or the server's address without credentials.</summary>
    string Description { get; }

    /// <summary>Returns the id of the experiment with this name. Creates the experiment if it does not exist.</summary>
    /// <param name="name">1 to 256 characters.</param>
    /// <exception cref="TrackingException">The name is not valid, or the experiment was deleted.</exception>
    string GetOrCreateExperiment(string name);

    /// <summary>Returns the name of an experiment; null if there is none with this id.</summary>
    string? NameOfExperiment(string experimentId);

    /// <summary>Sets tags of an experiment. An existing tag takes the new value.</summary>
    /// <param name="experimentId">Id from <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="tags">Values beyond 5,000 characters are cut.</param>
    void SetExperimentTags(string experimentId, IReadOnlyDictionary<string, string> tags);

    /// <summary>Creates a run with status RUNNING and returns its id.</summary>
    /// <param name="experimentId">Id from <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="name">Name of the run. It is also stored as the tag <c>mlflow.runName</c>.</param>
    /// <param name="parentRunId">The parent run, for example the run of a sweep; null for none.</param>
    /// <param name="tags">
    /// Further tags. <c>mlflow.user</c>, <c>mlflow.source.name</c> and <c>mlflow.source.type</c> are added if they are not given.
    /// </param>
    /// <param name="startTime">Start time; null for the current time.</param>
    /// <exception cref="TrackingException">The experiment does not exist, or a tag is not valid.</exception>
    string CreateRun(string experimentId, string name, string? parentRunId, IReadOnlyDictionary<string, string> tags, DateTimeOffset? startTime = null);

    /// <summary>Returns the active runs whose tag has this value, the oldest first.</summary>
    /// <param name="experimentId">Id from <see cref="GetOrCreateExperiment"/>.</param>
    /// <param name="tag">Name of the tag.</param>
    /// <param name="value">The whole value. It must not contain quotes.</param>
    IReadOnlyList<string> FindRuns(string experimentId, string tag, string value);

    /// <summary>Returns whether the store has the run, and whether the run is deleted.</summary>
    /// <param name="runId">A run, which the store may not have.</param>
    RunPresence PresenceOf(string runId);

    /// <summary>Returns the id of a run's experiment; null if the store does not have the run.</summary>
    string? ExperimentOf(string runId);

    /// <summary>Marks a run as deleted, as MLflow's web pages do. MLflow can restore it.</summary>
    /// <param name="runId">A run of this store.</param>
    void DeleteRun(string runId);

    /// <summary>Writes parameters. A parameter cannot change: the same value is accepted again, another value is refused.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="parameters">Values beyond 6,000 characters are cut, as MLflow cuts them.</param>
    /// <exception cref="TrackingException">A parameter already has another value, or a key is not valid.</exception>
    void LogParams(string runId, IReadOnlyDictionary<string, string> parameters);

    /// <summary>Writes points of metrics. Existing points are left as they are, so a batch may be sent again.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="points">Any number of points, with any keys, in any order.</param>
    /// <exception cref="TrackingException">The run does not exist, or a key is not valid.</exception>
    void LogMetrics(string runId, IReadOnlyList<MetricPoint> points);

    /// <summary>Sets tags. An existing tag takes the new value.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="tags">Values beyond 8,000 characters are cut, as MLflow cuts them.</param>
    /// <exception cref="TrackingException">The run does not exist, or a key is not valid.</exception>
    void SetTags(string runId, IReadOnlyDictionary<string, string> tags);

    /// <summary>Copies a file to <c>FOLDER/FILE_NAME</c> below the run's artifacts. A reader never sees a partial file.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="file">The file.</param>
    /// <param name="folder">Folder relative to the run's artifacts, with <c>/</c> between its parts; empty for none.</param>
    /// <exception cref="TrackingException">The file cannot be read, or its copy cannot be written.</exception>
    void LogArtifact(string runId, string file, string folder);

    /// <summary>Logs a model of a run, and creates a version of a registered model if one is requested. Logging it again changes nothing.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="model">Files and description of the model.</param>
    /// <exception cref="TrackingException">A file cannot be read, or the store does not support models.</exception>
    void LogModel(string runId, ModelPackage model);

    /// <summary>Downloads the file or folder at an address.</summary>
    /// <param name="uri">Address of artifacts of a run, or of a model.</param>
    /// <param name="target">Path of the downloaded file or folder.</param>
    /// <exception cref="TrackingException">Nothing has this address.</exception>
    void Fetch(ArtifactUri uri, string target);

    /// <summary>Returns the address without an alias: the alias is replaced by the version that it names now.</summary>
    /// <exception cref="TrackingException">Nothing has this address.</exception>
    ArtifactUri Pin(ArtifactUri uri);

    /// <summary>Records the datasets that the run read. Recording one again changes nothing.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="inputs">Datasets with their purpose.</param>
    /// <exception cref="TrackingException">The run does not exist.</exception>
    void LogInputs(string runId, IReadOnlyList<DatasetInput> inputs);

    /// <summary>Ends the run. Ending it again replaces the status.</summary>
    /// <param name="runId">A run of this store.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="endTime">End time; null for the current time.</param>
    /// <exception cref="TrackingException">The run does not exist.</exception>
    void Finish(string runId, RunStatus status, DateTimeOffset? endTime = null);

    /// <summary>Sets a run that has ended to RUNNING, so that it can continue.</summary>
    /// <param name="runId">A run, which the store may not have.</param>
    /// <returns>False if the store does not have the run, or the run was deleted.</returns>
    bool Reopen(string runId);
}
