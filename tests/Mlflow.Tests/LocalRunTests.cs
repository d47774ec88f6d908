using static HiEndMae.Mlflow.Tests.LocalStoreFixture;

namespace HiEndMae.Mlflow.Tests;

public sealed class LocalRunTests
{
    private const string Latest = "SELECT value, timestamp, step, is_nan FROM latest_metrics";

    [Fact]
    public void Infinities_become_the_largest_numbers_and_NaN_becomes_a_flagged_zero()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.LogMetrics(run, [
            Point("m", double.NaN, 0), Point("m", double.PositiveInfinity, 1), Point("m", double.NegativeInfinity, 2), Point("m", 5e-324, 3)]);
        Assert.Equal(
            ["0|1", "1.7976931348623157E+308|0", "-1.7976931348623157E+308|0", "5E-324|0"],
            fixture.Rows("SELECT value, is_nan FROM metrics ORDER BY step"));
    }

    [Fact]
    public void The_latest_point_is_by_step_then_time_then_value()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        void Log(double value, long step, long time, string latest)
        {
            fixture.Store.LogMetrics(run, [Point("m", value, step, time)]);
            Assert.Equal([latest], fixture.Rows(Latest));
        }

        Log(1, step: 5, time: 10, "1|10|5|0");
        Log(9, step: 4, time: 99, "1|10|5|0");          // an earlier step, though later and larger
        Log(0.5, step: 5, time: 11, "0.5|11|5|0");      // same step, later
        Log(9, step: 5, time: 10, "0.5|11|5|0");        // same step, earlier
        Log(0.75, step: 5, time: 11, "0.75|11|5|0");    // same step and time, larger
        Log(0.6, step: 5, time: 11, "0.75|11|5|0");
        Log(double.NaN, step: 5, time: 11, "0.75|11|5|0"); // NaN counts as the zero it is stored as
        Log(double.NaN, step: 6, time: 1, "0|1|6|1");
        Log(-1, step: 6, time: 1, "0|1|6|1");
        Log(1, step: 6, time: 1, "1|1|6|0");
        Assert.Equal(["10"], fixture.Rows("SELECT count(*) FROM metrics"));
    }

    [Fact]
    public void Repeated_points_change_nothing_and_new_ones_are_added()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        MetricPoint[] points = [.. Enumerable.Range(0, 2500).Select(i => Point($"m{i % 7}", i % 11 == 0 ? double.NaN : i, i))];
        fixture.Store.LogMetrics(run, points);
        List<string> before = fixture.Rows("SELECT * FROM metrics ORDER BY key, step"), latest = fixture.Rows("SELECT * FROM latest_metrics ORDER BY key");
        Assert.Equal(2500, before.Count);
        Assert.Equal(7, latest.Count);

        fixture.Store.LogMetrics(run, points);
        Assert.Equal(before, fixture.Rows("SELECT * FROM metrics ORDER BY key, step"));
        Assert.Equal(latest, fixture.Rows("SELECT * FROM latest_metrics ORDER BY key"));

        fixture.Store.LogMetrics(run, [.. points[^3..], Point("m0", 1, 9999)]);
        Assert.Equal(["2501"], fixture.Rows("SELECT count(*) FROM metrics"));
    }

    [Fact]
    public void A_parameter_never_changes_and_a_refused_batch_leaves_nothing()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.LogParams(run, new Dictionary<string, string> { ["lr"] = "0.01" });
        fixture.Store.LogParams(run, new Dictionary<string, string> { ["lr"] = "0.01" });
        var e = Assert.Throws<TrackingException>(() =>
            fixture.Store.LogParams(run, new Dictionary<string, string> { ["depth"] = "12", ["lr"] = "0.02" }));
        Assert.Contains("The parameter 'lr'", e.Message, StringComparison.Ordinal);
        Assert.Contains("is '0.01' and cannot become '0.02'", e.Message, StringComparison.Ordinal);
        Assert.Equal(["lr|0.01"], fixture.Rows("SELECT key, value FROM params"));
    }

    [Fact]
    public void Long_values_are_cut_where_the_servers_cut_them()
    {
        // The transcripts end section 7 with [8000,6000]: a tag, a parameter.
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        string pair = new string('a', 5999) + "\U0001F600";
        for (int time = 0; time < 2; time++)
            fixture.Store.LogParams(run, new Dictionary<string, string> { ["long"] = new('a', 6001), ["exact"] = new('a', 6000), ["pair"] = pair });
        fixture.Store.SetTags(run, new Dictionary<string, string> { ["long"] = new('a', 8001) });
        Assert.Equal(["exact|6000", "long|6000", "pair|5999"], fixture.Rows("SELECT key, length(value) FROM params ORDER BY key"));
        Assert.Equal(["8000"], fixture.Rows("SELECT length(value) FROM tags WHERE key = 'long'"));
    }

    [Theory]
    [InlineData("bad$key")]
    [InlineData("any\"key'$%#")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("./a")]
    [InlineData("a/../b")]
    [InlineData("..a")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void Keys_that_MLflow_refuses_are_refused(string key)
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        Assert.Throws<TrackingException>(() => fixture.Store.LogMetrics(run, [Point("fine", 1, 1), Point(key, 1, 1)]));
        Assert.Throws<TrackingException>(() => fixture.Store.LogParams(run, new Dictionary<string, string> { [key] = "x" }));
        Assert.Throws<TrackingException>(() => fixture.Store.SetTags(run, new Dictionary<string, string> { [key] = "x" }));
        Assert.Equal(["0|0"], fixture.Rows("SELECT (SELECT count(*) FROM metrics), (SELECT count(*) FROM params)"));
    }

    [Fact]
    public void Keys_of_the_transcripts_and_of_up_to_250_characters_are_accepted()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.LogMetrics(run, [
            Point("dice/tumor kid:1", 0.9, 0), Point("system/gpu_0_utilization_percentage", 88.5, 0), Point(new string('k', 250), 1, 0), Point(".hidden", 1, 0), Point("größe", 1, 0)]);
        var e = Assert.Throws<TrackingException>(() => fixture.Store.LogMetrics(run, [Point(new string('k', 251), 1, 0)]));
        Assert.Contains("251 characters; MLflow keeps at most 250", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_are_replaced_and_the_run_takes_the_name_of_its_tag()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.SetTags(run, new Dictionary<string, string> { ["state"] = "one" });
        fixture.Store.SetTags(run, new Dictionary<string, string> { ["state"] = "two", ["mlflow.runName"] = "renamed" });
        Assert.Equal(["two"], fixture.Rows("SELECT value FROM tags WHERE key = 'state'"));
        Assert.Equal(["renamed|renamed"], fixture.Rows("SELECT name, value FROM runs JOIN tags USING (run_uuid) WHERE key = 'mlflow.runName'"));
    }

    [Fact]
    public void A_caller_may_set_user_and_source_but_not_another_name()
    {
        using var fixture = new LocalStoreFixture();
        fixture.Store.CreateRun("0", "a", null, new Dictionary<string, string> { ["mlflow.user"] = "eve", ["mlflow.source.name"] = "table5.toml" });
        Assert.Equal(["eve|table5.toml"], fixture.Rows("SELECT user_id, source_name FROM runs"));
        Assert.Throws<TrackingException>(() => fixture.Store.CreateRun("0", "a", null, new Dictionary<string, string> { ["mlflow.runName"] = "b" }));
        Assert.Equal(["1"], fixture.Rows("SELECT count(*) FROM runs"));
    }

    [Fact]
    public void A_finished_run_is_reopened_and_an_unknown_one_is_not()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.Finish(run, RunStatus.Killed);
        Assert.Equal(["KILLED|1795484772000"], fixture.Rows("SELECT status, end_time FROM runs"));
        Assert.True(fixture.Store.Reopen(run));
        Assert.Equal(["RUNNING|NULL"], fixture.Rows("SELECT status, end_time FROM runs"));
        fixture.Store.Finish(run, RunStatus.Failed);
        Assert.Equal(["FAILED"], fixture.Rows("SELECT status FROM runs"));
        Assert.False(fixture.Store.Reopen(new string('f', 32)));
    }

    [Fact]
    public void Deleted_and_missing_runs_are_reported()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        LocalDatabaseTests.Execute(fixture.Database, "UPDATE runs SET lifecycle_stage = 'deleted'; UPDATE experiments SET lifecycle_stage = 'deleted'");
        Assert.False(fixture.Store.Reopen(run));
        Assert.Contains("is deleted", Assert.Throws<TrackingException>(() => fixture.Store.Finish(run, RunStatus.Finished)).Message, StringComparison.Ordinal);
        Assert.Contains("is deleted", Assert.Throws<TrackingException>(() => fixture.Store.GetOrCreateExperiment("paper")).Message, StringComparison.Ordinal);
        Assert.Contains("no active experiment 1", Assert.Throws<TrackingException>(() => fixture.Store.CreateRun("1", "a", null, NoTags)).Message, StringComparison.Ordinal);
        Assert.Contains("has no run nosuchrun", Assert.Throws<TrackingException>(() => fixture.Store.LogMetrics("nosuchrun", [Point("m", 1, 1)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_artifact_is_copied_below_the_run_and_replaced_whole()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun();
        fixture.Store.LogArtifact(run, fixture.Folder.File("dice table.csv", "one, which is longer"), "tables/step-100");
        fixture.Store.LogArtifact(run, fixture.Folder.File("dice table.csv", "two"), "tables/step-100");
        fixture.Store.LogArtifact(run, fixture.Folder.File("log.txt", "log"), "");
        string root = fixture.Rows("SELECT artifact_uri FROM runs")[0];
        Assert.Equal("two", File.ReadAllText(Path.Combine(root, "tables", "step-100", "dice table.csv")));
        Assert.Equal(
            ["log.txt", "tables/step-100/dice table.csv"],
            Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Order());
        Assert.Equal(fixture.Folder[$"mlruns/1/{run}/artifacts"], root);
    }

    [Fact]
    public void A_missing_artifact_and_a_path_outside_the_run_are_refused()
    {
        using var fixture = new LocalStoreFixture();
        string run = fixture.NewRun(), file = fixture.Folder.File("a.txt", "a");
        var missing = Assert.Throws<TrackingException>(() => fixture.Store.LogArtifact(run, fixture.Folder["none.txt"], ""));
        Assert.Contains("none.txt cannot be copied", missing.Message, StringComparison.Ordinal);
        foreach (string folder in new[] { "../..", "a/../../b", "/tmp", "a\\b" })
            Assert.Throws<TrackingException>(() => fixture.Store.LogArtifact(run, file, folder));
        Assert.Empty(Directory.Exists(fixture.Folder["mlruns"]) ? Directory.GetFiles(fixture.Folder["mlruns"], "*", SearchOption.AllDirectories) : []);
    }

    [Theory]
    [InlineData("mlflow-artifacts:/0")]
    [InlineData("s3://bucket/0")]
    [InlineData("./mlruns/0")]
    [InlineData("")]
    public void Artifacts_of_an_experiment_that_a_server_made_lie_beside_the_database(string location)
    {
        using var fixture = new LocalStoreFixture("empty-3.11.db");
        LocalDatabaseTests.Execute(fixture.Database, $"UPDATE experiments SET artifact_location = '{location}'");
        string run = fixture.Store.CreateRun("0", "a", null, NoTags);
        fixture.Store.LogArtifact(run, fixture.Folder.File("a.txt", "a"), "f");
        Assert.True(File.Exists(fixture.Folder[$"mlruns/0/{run}/artifacts/f/a.txt"]));
        Assert.Equal([location], fixture.Rows("SELECT artifact_location FROM experiments"));
    }

    [Fact]
    public void The_commands_that_show_the_runs_name_the_absolute_database()
    {
        using var fixture = new LocalStoreFixture();
        Assert.Equal(
            [$"mlflow db upgrade sqlite:///{fixture.Database}", $"mlflow ui --backend-store-uri sqlite:///{fixture.Database}"],
            fixture.Store.ViewCommands);
    }

    [Fact]
    public void Artifacts_are_found_and_written_where_the_folder_was_moved()
    {
        using var folder = new TempFolder();
        string before = folder["before"], after = folder["after"], run;
        using (LocalTrackingStore store = At(before))
        {
            run = store.CreateRun(store.GetOrCreateExperiment("paper"), "mae", null, NoTags);
            store.LogArtifact(run, folder.File("first.txt", "first"), "");
            store.LogModel(run, new ModelPackage("model", [new ModelFile(folder.File("weights", "weights"), "data")], new System.Text.Json.Nodes.JsonObject { ["flavors"] = "none" }, 7, "organs"));
        }
        Directory.Move(before, after);
        using (LocalTrackingStore store = At(after))
        {
            store.LogArtifact(run, folder.File("second.txt", "second"), "");
            store.LogArtifact(store.CreateRun(store.GetOrCreateExperiment("paper"), "mae", null, NoTags), folder.File("third.txt", "third"), "");
            store.Fetch(ArtifactUri.Parse($"runs:/{run}/first.txt"), folder["first"]);
            store.Fetch(ArtifactUri.Parse("models:/organs/1"), folder["model"]);
        }
        Assert.False(Directory.Exists(before));
        Assert.Equal("first", File.ReadAllText(folder["first"]));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(folder["model"], "data", "weights")));
        Assert.Equal(["first.txt", "second.txt", "third.txt"], Directory.GetFiles(after, "*.txt", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.All(
            Query.Rows(Path.Combine(after, "mlflow.db"), "SELECT artifact_uri FROM runs UNION SELECT artifact_location FROM experiments UNION SELECT source FROM model_versions"), location => Assert.StartsWith(after, location, StringComparison.Ordinal));

        // A folder that is there keeps its artifacts.
        Directory.Move(after, folder["copy"]);
        Directory.CreateDirectory(Path.Combine(after, "mlruns"));
        At(folder["copy"]).Dispose();
        Assert.All(Query.Rows(Path.Combine(folder["copy"], "mlflow.db"), "SELECT artifact_uri FROM runs"), location => Assert.StartsWith(after, location, StringComparison.Ordinal));

        LocalTrackingStore At(string path) => new(path, static _ => null, TimeProvider.System);
    }
}
