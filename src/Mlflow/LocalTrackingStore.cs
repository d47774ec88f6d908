using System.Globalization;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>Stores runs in an SQLite database with MLflow's schema, and artifacts in a folder beside it. It needs neither a server nor MLflow.</summary>
/// <remarks>
/// A new database has the schema of MLflow 2.17. A database that a later version created or upgraded keeps its schema.
/// Several processes may write to one database. Artifact locations are absolute, as MLflow's are. If the folder was moved, they are corrected when the database is opened.
/// </remarks>
public sealed class LocalTrackingStore : ITrackingStore
{
    /// <summary>Name of the database file.</summary>
    public const string FileName = "mlflow.db";

    /// <summary>Name of the folder of artifacts beside it.</summary>
    public const string ArtifactFolderName = "mlruns";

    private readonly string artifactRoot;
    private readonly string path;
    private readonly MlflowDatabase database;
    private readonly LocalModels models;
    private readonly Func<string, string?> getVariable;
    private readonly TimeProvider clock;

    /// <summary>Opens the database in a folder. Creates folder and database if they do not exist.</summary>
    /// <param name="folder">The folder that contains <c>mlflow.db</c> and <c>mlruns/</c>.</param>
    /// <param name="getVariable">Reads USER (or USERNAME) for the tag <c>mlflow.user</c>.</param>
    /// <param name="clock">Gives the times of experiments and runs.</param>
    /// <param name="fileName">Name of the database file in the folder.</param>
    /// <exception cref="TrackingException">The file is not an MLflow database, or cannot be opened.</exception>
    public LocalTrackingStore(string folder, Func<string, string?> getVariable, TimeProvider clock, string fileName = FileName)
    {
        this.getVariable = getVariable;
        this.clock = clock;
        Description = Path.Combine(folder, fileName);
        path = Path.GetFullPath(Description);
        artifactRoot = Path.Combine(Path.GetFullPath(folder), ArtifactFolderName);
        OnFiles(() => Directory.CreateDirectory(Path.GetDirectoryName(path)!), $"The folder of {Description} cannot be created");
        database = new MlflowDatabase(path, Description, LocationOf(0), clock);
        models = new LocalModels(database, Description, clock);
        MovedArtifacts.Follow(database, artifactRoot);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The commands that show these runs in MLflow's web pages: the first upgrades the database to the installed MLflow, the second serves it.</summary>
    public IReadOnlyList<string> ViewCommands => ViewCommandsOf(path);

    /// <summary>Like <see cref="ViewCommands"/>, for a database that is not open.</summary>
    /// <param name="database">Path of the file.</param>
    public static IReadOnlyList<string> ViewCommandsOf(string database)
    {
        string uri = $"sqlite:///{Path.GetFullPath(database).Replace('\\', '/')}";
        if (uri.Contains(' ', StringComparison.Ordinal)) uri = $"\"{uri}\"";
        return [$"mlflow db upgrade {uri}", $"mlflow ui --backend-store-uri {uri}"];
    }

    /// <inheritdoc/>
    public string GetOrCreateExperiment(string name)
    {
        EntityRules.CheckExperimentName(name);
        return database.Write(transaction =>
        {
            string find = "SELECT experiment_id, lifecycle_stage FROM experiments WHERE name = $name"
                + (database.HasWorkspaces ? " AND workspace = 'default'" : "");
            if (database.Row(transaction, find, ("$name", name)) is [long id, var stage])
            {
                if (stage is not "active")
                    throw new TrackingException(TrackingFailure.Unavailable, $"The experiment '{name}' in {Description} is deleted; restore it in MLflow, or choose another name.");
                return Text(id);
            }
            database.Execute(
                transaction,
                """
                INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
                VALUES ($name, '', 'active', $now, $now)
                """,
                ("$name", name), ("$now", Now()));
            var created = (long)database.Row(transaction, "SELECT last_insert_rowid()")![0]!;
            database.Execute(
                transaction,
                "UPDATE experiments SET artifact_location = $location WHERE experiment_id = $id",
                ("$location", LocationOf(created)), ("$id", created));
            return Text(created);
        });
    }

    /// <inheritdoc/>
    public string? NameOfExperiment(string experimentId) => database.Write(transaction => (string?)database.Row(
        transaction, "SELECT name FROM experiments WHERE CAST(experiment_id AS TEXT) = $id AND lifecycle_stage = 'active'", ("$id", experimentId))?[0]);

    /// <inheritdoc/>
    public void SetExperimentTags(string experimentId, IReadOnlyDictionary<string, string> tags)
    {
        KeyValuePair<string, string>[] entries = EntityRules.ExperimentTags(tags);
        database.Write(transaction =>
        {
            foreach ((string key, string value) in entries)
            {
                database.Execute(
                    transaction,
                    "INSERT INTO experiment_tags (key, value, experiment_id) VALUES ($key, $value, $id) ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value",
                    ("$key", key), ("$value", value), ("$id", long.Parse(experimentId, NumberStyles.None, CultureInfo.InvariantCulture)));
            }
            return entries.Length;
        });
    }

    /// <inheritdoc/>
    public string? ExperimentOf(string runId) => database.Write(transaction => (string?)database.Row(
        transaction, "SELECT CAST(experiment_id AS TEXT) FROM runs WHERE run_uuid = $run", ("$run", runId))?[0]);

    /// <inheritdoc/>
    public void LogModel(string runId, ModelPackage model) =>
        OnFiles(() => models.Log(runId, ArtifactsOf(runId), model), $"The model {model.Name} cannot be copied to the artifacts of run {runId}");

    /// <inheritdoc/>
    public void Fetch(ArtifactUri uri, string target)
    {
        (string root, string path) = uri switch
        {
            { RunId: { } runId } => (ArtifactsOf(runId), uri.Path),
            { ModelName: not null } => (Folder(models.VersionOf(uri).Source), uri.Path),
            _ => throw new TrackingException(TrackingFailure.Missing, $"{Description} has no logged models of MLflow 3; use runs:/RUN_ID/PATH or models:/NAME/VERSION."),
        };
        OnFiles(
            () =>
            {
                if (ArtifactPaths.CopyTree(Path.Combine([root, .. ArtifactPaths.Split(path)]), target) == 0)
                    throw new TrackingException(TrackingFailure.Missing, $"{Description} has nothing at {uri.Text}.");
            },
            $"{uri.Text} cannot be copied");

        string Folder(string source) => ArtifactUri.IsOne(source) && ArtifactUri.Parse(source) is { RunId: { } runId } of
            ? Path.Combine([ArtifactsOf(runId), .. ArtifactPaths.Split(of.Path)])
            : ArtifactPaths.ToFolder(source) ?? throw new TrackingException($"{uri.Text} is stored at {source}, which this machine cannot reach as a folder; set MLFLOW_TRACKING_URI to its tracking server.");
    }

    /// <inheritdoc/>
    public ArtifactUri Pin(ArtifactUri uri) => uri.Alias is null ? uri : uri with { Version = models.VersionOf(uri).Version, Alias = null };

    /// <inheritdoc/>
    public string CreateRun(string experimentId, string name, string? parentRunId, IReadOnlyDictionary<string, string> tags, DateTimeOffset? startTime = null)
    {
        Dictionary<string, string> all = RunTags.Of(name, parentRunId, tags, getVariable);
        KeyValuePair<string, string>[] entries = EntityRules.Tags(all);
        var runId = Guid.NewGuid().ToString("N");
        return database.Write(transaction =>
        {
            object?[]? experiment = long.TryParse(experimentId, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? database.Row(transaction, "SELECT artifact_location, lifecycle_stage FROM experiments WHERE experiment_id = $id", ("$id", id))
                : null;
            if (experiment is not [var location, "active"])
                throw new TrackingException($"{Description} has no active experiment {experimentId}.");
            // A server may have created the experiment with artifacts at its own address. Our artifacts then go beside the database.
            string folder = ArtifactPaths.ToFolder((string?)location) ?? ArtifactPaths.ToFolder(LocationOf(id))!;
            database.Execute(
                transaction,
                """
                INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
                                  end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time)
                VALUES ($run, $name, $sourceType, $sourceName, '', $user, 'RUNNING', $now, NULL, '', 'active', $artifacts, $experiment, NULL)
                """,
                ("$run", runId),
                ("$name", name),
                ("$sourceType", all[RunTags.SourceType] is "NOTEBOOK" or "JOB" or "LOCAL" or "PROJECT" ? all[RunTags.SourceType] : "UNKNOWN"),
                ("$sourceName", all[RunTags.SourceName]),
                ("$user", all.GetValueOrDefault(RunTags.User, "")),
                ("$now", startTime?.ToUnixTimeMilliseconds() ?? Now()),
                ("$artifacts", ArtifactPaths.ToLocation(Path.Combine(folder, runId, "artifacts"))),
                ("$experiment", id));
            WriteTags(transaction, runId, entries);
            return runId;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindRuns(string experimentId, string tag, string value) => database.Write(transaction => database.Column(
        transaction,
        """
        SELECT r.run_uuid FROM tags t JOIN runs r ON r.run_uuid = t.run_uuid
        WHERE t.key = $key AND t.value = $value AND r.experiment_id = $experiment AND r.lifecycle_stage = 'active'
        ORDER BY r.start_time, r.run_uuid
        """,
        ("$key", tag), ("$value", value), ("$experiment", long.Parse(experimentId, NumberStyles.None, CultureInfo.InvariantCulture))));

    /// <inheritdoc/>
    public RunPresence PresenceOf(string runId) => database.Write(transaction => database.Row(
        transaction, "SELECT lifecycle_stage FROM runs WHERE run_uuid = $run", ("$run", runId)) switch
    {
        null => RunPresence.Missing,
        ["active"] => RunPresence.Active,
        _ => RunPresence.Deleted,
    });

    /// <inheritdoc/>
    public void DeleteRun(string runId) => database.Write(transaction => database.Execute(
        transaction, "UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = $now WHERE run_uuid = $run", ("$now", Now()), ("$run", runId)));

    /// <inheritdoc/>
    public void LogParams(string runId, IReadOnlyDictionary<string, string> parameters)
    {
        KeyValuePair<string, string>[] entries = EntityRules.Params(parameters);
        database.Write(transaction =>
        {
            RequireActiveRun(transaction, runId);
            foreach ((string key, string value) in entries)
            {
                object?[]? known = database.Row(
                    transaction, "SELECT value FROM params WHERE run_uuid = $run AND key = $key", ("$run", runId), ("$key", key));
                if (known is null)
                {
                    database.Execute(
                        transaction,
                        "INSERT INTO params (key, value, run_uuid) VALUES ($key, $value, $run)",
                        ("$key", key), ("$value", value), ("$run", runId));
                }
                else if ((string?)known[0] != value)
                {
                    throw new TrackingException(
                        $"The parameter '{key}' of run {runId} is '{known[0]}' and cannot become '{value}'; start a new run for other parameters.");
                }
            }
            return entries.Length;
        });
    }

    /// <inheritdoc/>
    public void LogMetrics(string runId, IReadOnlyList<MetricPoint> points)
    {
        EntityRules.CheckKeys(points);
        if (points.Count == 0) return;
        database.Write(transaction =>
        {
            RequireActiveRun(transaction, runId);
            return new MetricWriter(database, transaction, runId).Write(points);
        });
    }

    /// <inheritdoc/>
    public void SetTags(string runId, IReadOnlyDictionary<string, string> tags)
    {
        KeyValuePair<string, string>[] entries = EntityRules.Tags(tags);
        if (tags.TryGetValue(RunTags.RunName, out string? name)) EntityRules.CheckRunName(name);
        database.Write(transaction =>
        {
            RequireActiveRun(transaction, runId);
            WriteTags(transaction, runId, entries);
            // MLflow stores the name in both places.
            return name is null
                ? 0
                : database.Execute(transaction, "UPDATE runs SET name = $name WHERE run_uuid = $run", ("$name", name), ("$run", runId));
        });
    }

    /// <inheritdoc/>
    public void LogArtifact(string runId, string file, string folder)
    {
        string[] parts = ArtifactPaths.Split(folder);
        string root = ArtifactsOf(runId);
        OnFiles(
            () => ArtifactPaths.Copy(file, Path.Combine([root, .. parts])),
            $"{file} cannot be copied to the artifacts of run {runId}");
    }

    /// <inheritdoc/>
    public void LogInputs(string runId, IReadOnlyList<DatasetInput> inputs)
    {
        database.Write(transaction =>
        {
            RequireActiveRun(transaction, runId);
            new InputWriter(database, transaction, runId).Write(inputs);
            return inputs.Count;
        });
    }

    /// <inheritdoc/>
    public void Finish(string runId, RunStatus status, DateTimeOffset? endTime = null)
    {
        string name = EntityRules.Name(status);
        database.Write(transaction =>
        {
            RequireActiveRun(transaction, runId);
            return database.Execute(
                transaction,
                "UPDATE runs SET status = $status, end_time = $now WHERE run_uuid = $run",
                ("$status", name), ("$now", endTime?.ToUnixTimeMilliseconds() ?? Now()), ("$run", runId));
        });
    }

    /// <inheritdoc/>
    public bool Reopen(string runId) => database.Write(transaction => database.Execute(
        transaction,
        "UPDATE runs SET status = 'RUNNING', end_time = NULL WHERE run_uuid = $run AND lifecycle_stage = 'active'",
        ("$run", runId)) == 1);

    /// <summary>Closes the database.</summary>
    public void Dispose() => database.Dispose();

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static void OnFiles(Action action, string failure)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TrackingException($"{failure}: {e.Message}", e);
        }
    }

    private string ArtifactsOf(string runId)
    {
        string location = database.Write(transaction => RequireActiveRun(transaction, runId));
        return ArtifactPaths.ToFolder(location)
            ?? throw new TrackingException($"Run {runId} keeps its artifacts at {location}, which this machine cannot reach as a folder; track the run through its server.");
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private string LocationOf(long experimentId) => ArtifactPaths.ToLocation(Path.Combine(artifactRoot, Text(experimentId)));

    /// <returns>The run's artifact location.</returns>
    private string RequireActiveRun(SqliteTransaction transaction, string runId)
    {
        object?[]? run = database.Row(transaction, "SELECT artifact_uri, lifecycle_stage FROM runs WHERE run_uuid = $run", ("$run", runId));
        return run switch
        {
            null => throw new TrackingException(TrackingFailure.Missing, $"{Description} has no run {runId}."),
            [var location, "active"] => (string?)location ?? "",
            _ => throw new TrackingException($"Run {runId} in {Description} is deleted; restore it in MLflow, or start a new run."),
        };
    }

    private void WriteTags(SqliteTransaction transaction, string runId, KeyValuePair<string, string>[] entries)
    {
        foreach ((string key, string value) in entries)
        {
            database.Execute(
                transaction,
                "INSERT INTO tags (key, value, run_uuid) VALUES ($key, $value, $run) ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
                ("$key", key), ("$value", value), ("$run", runId));
        }
    }
}
