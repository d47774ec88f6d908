using static HiEndMae.Mlflow.Tests.LocalStoreFixture;

namespace HiEndMae.Mlflow.Tests;

public sealed class LocalDatabaseTests
{
    private const string Schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name";

    [Fact]
    public void A_new_database_has_the_schema_that_mlflow_2_17_made()
    {
        using var fixture = new LocalStoreFixture();
        Assert.Equal(Query.Rows(TempFolder.Golden("empty-2.17.db"), Schema), fixture.Rows(Schema));
        Assert.Equal(["f5a4f2784254"], fixture.Rows("SELECT version_num FROM alembic_version"));
    }

    [Fact]
    public void A_new_database_has_the_default_experiment_with_an_absolute_artifact_folder()
    {
        using var fixture = new LocalStoreFixture();
        Assert.Equal(
            [$"0|Default|{fixture.Folder["mlruns/0"]}|active|1795484772000|1795484772000"],
            fixture.Rows("SELECT * FROM experiments"));
        Assert.Equal("0", fixture.Store.GetOrCreateExperiment("Default"));
    }

    [Fact]
    public void Opening_an_existing_database_loses_nothing()
    {
        using var fixture = new LocalStoreFixture();
        string experiment = fixture.Store.GetOrCreateExperiment("paper");
        using LocalTrackingStore again = fixture.Open();
        Assert.Equal(experiment, again.GetOrCreateExperiment("paper"));
        Assert.Equal(["0|Default", $"{experiment}|paper"], fixture.Rows("SELECT experiment_id, name FROM experiments ORDER BY 1"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("empty-2.17.db")]
    [InlineData("empty-3.11.db")]
    public void The_same_writes_give_the_same_rows_in_every_schema(string? golden)
    {
        using var fixture = new LocalStoreFixture(golden);
        List<string> before = fixture.Rows("SELECT name FROM sqlite_master WHERE type = 'table'");
        string experiment = fixture.Store.GetOrCreateExperiment("paper");
        string run = fixture.Store.CreateRun(experiment, "mae", "0123456789abcdef0123456789abcdef", new Dictionary<string, string> { ["team"] = "x" });
        fixture.Store.LogParams(run, new Dictionary<string, string> { ["pretrain.mask_ratio"] = "0.75", ["empty"] = "" });
        fixture.Store.LogMetrics(run, [Point("loss", 0.5, 0), Point("loss", double.NaN, 1), Point("loss", 0.25, 2)]);
        fixture.Clock.Now += TimeSpan.FromSeconds(3);
        fixture.Store.Finish(run, RunStatus.Finished);

        Assert.Equal(
            [$"{experiment}|paper|{fixture.Folder[$"mlruns/{experiment}"]}|active|1795484772000|1795484772000"],
            fixture.Rows("SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time FROM experiments WHERE experiment_id > 0"));
        Assert.Equal(
            [$"mae|LOCAL|hiendmae||bob|FINISHED|1795484772000|1795484775000||active|{fixture.Folder[$"mlruns/{experiment}/{run}/artifacts"]}|{experiment}|NULL"],
            fixture.Rows(
                """
                SELECT name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
                       lifecycle_stage, artifact_uri, experiment_id, deleted_time FROM runs
                """));
        Assert.Equal(
            ["mlflow.parentRunId|0123456789abcdef0123456789abcdef", "mlflow.runName|mae", "mlflow.source.name|hiendmae", "mlflow.source.type|LOCAL", "mlflow.user|bob", "team|x"],
            fixture.Rows($"SELECT key, value FROM tags WHERE run_uuid = '{run}' ORDER BY key"));
        Assert.Equal(["empty|", "pretrain.mask_ratio|0.75"], fixture.Rows("SELECT key, value FROM params ORDER BY key"));
        Assert.Equal(["loss|0.5|1|0|0", "loss|0|1|1|1", "loss|0.25|1|2|0"], fixture.Rows("SELECT key, value, timestamp, step, is_nan FROM metrics ORDER BY step"));
        Assert.Equal(["loss|0.25|1|2|0"], fixture.Rows("SELECT key, value, timestamp, step, is_nan FROM latest_metrics"));
        Assert.Equal(before, fixture.Rows("SELECT name FROM sqlite_master WHERE type = 'table'"));
        Assert.Equal(["ok"], fixture.Rows("PRAGMA integrity_check"));
        Assert.Empty(fixture.Rows("PRAGMA foreign_key_check"));
    }

    [Fact]
    public void The_revision_of_a_later_database_stays()
    {
        using var fixture = new LocalStoreFixture("empty-3.11.db");
        fixture.NewRun();
        Assert.Equal(["7d34483879f0"], fixture.Rows("SELECT version_num FROM alembic_version"));
        Assert.Equal(["paper|default"], fixture.Rows("SELECT name, workspace FROM experiments WHERE experiment_id > 0"));
    }

    [Fact]
    public void An_experiment_of_another_workspace_is_another_experiment()
    {
        using var fixture = new LocalStoreFixture("empty-3.11.db");
        Execute(fixture.Database, "INSERT INTO experiments (experiment_id, name, lifecycle_stage, workspace) VALUES (7, 'paper', 'active', 'theirs')");
        Assert.Equal("8", fixture.Store.GetOrCreateExperiment("paper"));
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_refused_and_left_unchanged()
    {
        using var folder = new TempFolder();
        string file = folder.File("mlflow.db", string.Concat(Enumerable.Repeat("not a database, but somebody's notes. ", 100)));
        byte[] before = File.ReadAllBytes(file);
        var e = Assert.Throws<TrackingException>(() => new LocalTrackingStore(folder.Path, static _ => null, new ManualClock()));
        Assert.Equal($"{file} is not an MLflow database; move that file away, or track into another folder.", e.Message);
        Assert.Equal(before, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_unchanged()
    {
        using var folder = new TempFolder();
        Execute(folder["mlflow.db"], "CREATE TABLE recipes (name TEXT)");
        var e = Assert.Throws<TrackingException>(() => new LocalTrackingStore(folder.Path, static _ => null, new ManualClock()));
        Assert.EndsWith("is not an MLflow database; move that file away, or track into another folder.", e.Message, StringComparison.Ordinal);
        Assert.Equal(["recipes"], Query.Rows(folder["mlflow.db"], "SELECT name FROM sqlite_master"));
    }

    [Fact]
    public void A_missing_column_of_a_schema_is_named()
    {
        using var folder = new TempFolder();
        File.Copy(TempFolder.Golden("empty-2.17.db"), folder["mlflow.db"]);
        Execute(folder["mlflow.db"], "ALTER TABLE runs DROP COLUMN deleted_time");
        var e = Assert.Throws<TrackingException>(() => new LocalTrackingStore(folder.Path, static _ => null, new ManualClock()));
        Assert.Contains("schema f5a4f2784254, whose table runs lacks 'deleted_time'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_processes_can_create_and_write_one_database()
    {
        // A connection each, as processes have; SQLite's locks do not care which process holds them.
        using var folder = new TempFolder();
        const int numWriters = 6, numBatches = 15;
        Parallel.For(0, numWriters, new ParallelOptions { MaxDegreeOfParallelism = numWriters }, writer =>
        {
            using var store = new LocalTrackingStore(folder.Path, static _ => null, new ManualClock());
            string run = store.CreateRun(store.GetOrCreateExperiment("sweep"), $"run {writer}", null, NoTags);
            for (int batch = 0; batch < numBatches; batch++)
                store.LogMetrics(run, [Point("loss", batch, batch), Point("dice", batch, batch)]);
            store.Finish(run, RunStatus.Finished);
        });
        string database = folder["mlflow.db"];
        Assert.Equal(["2"], Query.Rows(database, "SELECT count(*) FROM experiments"));
        Assert.Equal([$"{numWriters}|FINISHED"], Query.Rows(database, "SELECT count(*), status FROM runs GROUP BY status"));
        Assert.Equal([$"{numWriters * numBatches * 2}"], Query.Rows(database, "SELECT count(*) FROM metrics"));
        Assert.Equal([$"{numBatches - 1}"], Query.Rows(database, "SELECT DISTINCT step FROM latest_metrics"));
        Assert.Equal(["ok"], Query.Rows(database, "PRAGMA integrity_check"));
    }

    internal static void Execute(string database, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
