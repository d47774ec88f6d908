using System.Globalization;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>An open SQLite database with MLflow's schema. It is created if it does not exist. Another kind of file is refused.</summary>
internal sealed class MlflowDatabase : IDisposable
{
    private const string Revision = "f5a4f2784254";
    private const int BusySeconds = 60;

    // The tables and columns that we write. Later schemas may have more.
    private static readonly (string Table, string[] Columns)[] Needed =
    [
        ("experiments", ["experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time"]),
        ("runs", ["run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time",
            "end_time", "source_version", "lifecycle_stage", "artifact_uri", "experiment_id", "deleted_time"]),
        ("metrics", ["key", "value", "timestamp", "run_uuid", "step", "is_nan"]),
        ("latest_metrics", ["key", "value", "timestamp", "run_uuid", "step", "is_nan"]),
        ("params", ["key", "value", "run_uuid"]),
        ("tags", ["key", "value", "run_uuid"]),
        ("datasets", ["dataset_uuid", "experiment_id", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema", "dataset_profile"]),
        ("inputs", ["input_uuid", "source_type", "source_id", "destination_type", "destination_id"]),
        ("input_tags", ["input_uuid", "name", "value"]),
    ];

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly string shownPath;

    /// <param name="path">The database file.</param>
    /// <param name="shownPath">The path in messages.</param>
    /// <param name="defaultArtifacts">Artifact location of experiment 0 of a new database.</param>
    /// <param name="clock">Gives the creation time.</param>
    /// <exception cref="TrackingException">The file is not an MLflow database, or cannot be opened.</exception>
    public MlflowDatabase(string path, string shownPath, string defaultArtifacts, TimeProvider clock)
    {
        this.shownPath = shownPath;
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
            Pooling = false, // closing closes: nothing keeps the file open behind the user's back
        };
        connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            Execute(null, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusySeconds * 1000}"));
            UseWriteAheadLog(path);
            CreateIfEmpty(defaultArtifacts, clock);
            HasWorkspaces = CheckSchema();
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Failure(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether experiments belong to workspaces (MLflow 3). This program writes to the workspace "default".</summary>
    public bool HasWorkspaces { get; }

    /// <summary>Runs <paramref name="work"/> in one exclusive transaction. An exception undoes all of it.</summary>
    /// <exception cref="TrackingException">The database cannot be written.</exception>
    public T Write<T>(Func<SqliteTransaction, T> work)
    {
        lock (gate)
        {
            try
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
                T result = work(transaction);
                transaction.Commit();
                return result;
            }
            catch (SqliteException e)
            {
                throw Failure(e);
            }
        }
    }

    /// <summary>Creates a command with parameters, which can be run several times inside <paramref name="transaction"/>.</summary>
    public SqliteCommand Command(SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // All SQL is constant text of this assembly; values go as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>Runs one statement and returns the number of changed rows.</summary>
    public int Execute(SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Returns the first row of a query; null if there is no row.</summary>
    public object?[]? Row(SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(transaction, sql, parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        if (!reader.Read()) return null;
        var row = new object?[reader.FieldCount];
        for (int i = 0; i < row.Length; i++) row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        return row;
    }

    /// <summary>Returns the first column of every row of a query.</summary>
    public List<string> Column(SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(transaction, sql, parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read()) values.Add(reader.GetString(0));
        return values;
    }

    public void Dispose()
    {
        lock (gate) connection.Dispose();
    }

    // With a write-ahead log, readers such as MLflow's pages do not block writers. It needs shared memory, which does not work between the machines of a
    // network file system. There the default journal is used, and writers wait for each other.
    private void UseWriteAheadLog(string path)
    {
        if (FileSystems.IsShared(path) || Row(null, "PRAGMA journal_mode") is ["wal"]) return;
        if (Row(null, "SELECT count(*) FROM sqlite_master") is [> 0L] && !LooksOurs()) return; // what is refused below is left as it is
        Execute(null, "PRAGMA journal_mode = WAL");
    }

    private bool LooksOurs() => Row(null, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'") is not null;

    private void CreateIfEmpty(string defaultArtifacts, TimeProvider clock)
    {
        const string numTables = "SELECT count(*) FROM sqlite_master";
        if (Row(null, numTables) is not [0L]) return;
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        if (Row(transaction, numTables) is not [0L]) return; // another process made it while this one waited
        using Stream resource = typeof(MlflowDatabase).Assembly.GetManifestResourceStream($"{Revision}.sql")!;
        using var reader = new StreamReader(resource);
        Execute(transaction, reader.ReadToEnd());
        Execute(transaction, "INSERT INTO alembic_version (version_num) VALUES ($v)", ("$v", Revision));
        Execute(
            transaction,
            """
            INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
            VALUES (0, 'Default', $location, 'active', $now, $now)
            """,
            ("$location", defaultArtifacts),
            ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        transaction.Commit();
    }

    private bool CheckSchema()
    {
        if (!LooksOurs()) throw NoMlflowDatabase(null);
        foreach ((string table, string[] columns) in Needed)
        {
            HashSet<string> present = Columns(table);
            if (present.Count == 0) throw NoMlflowDatabase(null);
            string? missing = columns.FirstOrDefault(column => !present.Contains(column));
            if (missing is not null)
            {
                throw new TrackingException(
                    $"{shownPath} has MLflow's schema {Row(null, "SELECT version_num FROM alembic_version")?[0]}, whose table {table} lacks '{missing}'; track into another folder.");
            }
        }
        return Columns("experiments").Contains("workspace");
    }

    private HashSet<string> Columns(string table)
    {
        using SqliteCommand command = Command(null, "SELECT name FROM pragma_table_info($table)", ("$table", table));
        using SqliteDataReader reader = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }

    private TrackingException NoMlflowDatabase(Exception? cause)
    {
        string message = $"{shownPath} is not an MLflow database; move that file away, or track into another folder.";
        return cause is null ? new TrackingException(message) : new TrackingException(message, cause);
    }

    private TrackingException Failure(SqliteException e)
    {
        const int busy = 5, locked = 6, readOnly = 8, full = 13, cannotOpen = 14, constraint = 19, notADatabase = 26;
        return e.SqliteErrorCode switch
        {
            notADatabase => NoMlflowDatabase(e),
            busy or locked => new(TrackingFailure.Unavailable, $"{shownPath} stayed locked by another program for {BusySeconds} s.", e),
            readOnly => new(TrackingFailure.Unavailable, $"{shownPath} cannot be written: it, or its folder, is read-only.", e),
            full => new(TrackingFailure.Unavailable, $"{shownPath} cannot be written: the disk is full.", e),
            cannotOpen => new(TrackingFailure.Unavailable, $"{shownPath} cannot be opened; check that its folder exists and is writable.", e),
            constraint => new($"{shownPath} cannot be written: {e.Message}", e),
            // The cause is the disk, a lock or memory, and not the values. They are therefore sent later.
            _ => new(TrackingFailure.Unavailable, $"{shownPath} cannot be read or written: {e.Message}", e),
        };
    }
}
