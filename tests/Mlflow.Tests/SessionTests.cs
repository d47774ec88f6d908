using HiEndMae.Configuration.Shared;
using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

public sealed class SessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_6)]
    [InlineData(ServerVersion.V3_11)]
    public void Everything_of_a_run_reaches_the_server(ServerVersion version)
    {
        using var fixture = new SessionFixture(version);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun parent = session.StartRun("experiment", "paper", "parent", null, new Dictionary<string, string> { ["team"] = "x" });
            TrackedRun child = session.StartRun("pretrain", "paper", "child", parent.Id, NoTags);
            child.LogParams(Enumerable.Range(0, 250).ToDictionary(i => $"p{i}", i => $"{i}"));
            child.LogMetrics([.. Enumerable.Range(0, 2500).Select(i => new MetricPoint("loss", i, i, fixture.Clock.GetUtcNow()))]);
            child.LogArtifact(fixture.Folder.File("a.txt", "content"), "figures");
            child.LogInputs([new(new DatasetDescription("kits", new string('d', 50), "local", "{}"))]);
            fixture.Clock.Advance(5000);
            child.Finish(RunStatus.Finished);
            parent.Finish(RunStatus.Failed);
        }
        ServerRun up = fixture.Run("parent"), down = fixture.Run("child");
        Assert.Equal(up.Id, down.Tag("mlflow.parentRunId"));
        Assert.Equal(("bob", "hiendmae", "LOCAL", "x"), (up.Tag("mlflow.user"), up.Tag("mlflow.source.name"), up.Tag("mlflow.source.type"), up.Tag("team")));
        Assert.Equal(("FINISHED", "FAILED", 1795484772000, 1795484777000), (down.Status, up.Status, down.StartTime, down.EndTime));
        Assert.Equal(250, down.Params.Count);
        Assert.Equal(2500, down.Metrics.Count);
        Assert.Equal(["kits " + new string('d', 36)], down.Inputs.Keys);
        Assert.Equal("content"u8.ToArray(), fixture.Mlflow.Artifacts[$"{down.Experiment}/{down.Id}/artifacts/figures/a.txt"]);
        Assert.Empty(fixture.Notes);
        Assert.Equal(0, fixture.Status().NumWaiting);
    }

    [Fact]
    public void Logging_continues_without_a_server_and_the_backlog_is_sent_later()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Stop();
        using TrackingSession session = fixture.Open();
        TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
        for (int step = 0; step < 100; step++) run.LogMetric("loss", step, step);
        Assert.False(session.Flush(TimeSpan.FromMilliseconds(200)));
        Assert.Contains("cannot be reached", Assert.Single(fixture.Notes)); // said once, not at every attempt
        fixture.Server.Start();
        Assert.True(session.Flush(Patience));
        Assert.Equal(100, fixture.Run("run").Metrics.Count);
        Assert.Contains("can be reached again", fixture.Notes.Last());
    }

    [Fact]
    public void Sync_sends_the_rest_and_repeating_it_changes_nothing()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Stop();
        using (TrackingSession session = fixture.Open(linger: TimeSpan.FromMilliseconds(50)))
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            run.LogMetric("loss", 1, 1);
            run.Finish(RunStatus.Finished);
        }
        Assert.Contains(fixture.Notes, note => note.Contains("hiendmae track sync", StringComparison.Ordinal));
        Assert.InRange(fixture.Status().NumWaiting, 3, 4); // the record that names the store needs none
        Assert.Equal(TrackingFailure.Unavailable, Assert.Throws<TrackingException>(() => fixture.Sync()).Failure);
        fixture.Server.Start();
        Assert.InRange(fixture.Sync(), 3, 4);
        Assert.Equal(0, fixture.Sync());
        Assert.Equal("FINISHED", fixture.Run("run").Status);
        // Without its cursor everything is sent again, which shows nowhere.
        foreach (string cursor in Directory.GetFiles(Path.Combine(fixture.RunFolder, "tracking"), "cursor-*")) File.WriteAllText(cursor, "{ torn");
        Assert.Equal(4, fixture.Sync());
        Assert.Single(fixture.Mlflow.Runs);
        Assert.Single(fixture.Run("run").Metrics);
    }

    [Theory]
    [InlineData("runs/create")]
    [InlineData("runs/update")] // after the upload of an artifact and other writes
    public void The_end_is_not_delayed_by_requests_that_succeed_before_one_that_always_fails(string broken)
    {
        using var fixture = new SessionFixture();
        fixture.Server.Broken = broken;
        TrackingSession session = fixture.Open(linger: TimeSpan.FromMilliseconds(300));
        TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
        run.LogArtifact(fixture.Folder.File("a.txt", "content"));
        run.Finish(RunStatus.Finished);
        long start = TimeProvider.System.GetTimestamp();
        session.Dispose();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Contains("hiendmae track sync", fixture.Notes.Last());
        fixture.Server.Broken = null;
        fixture.Sync();
        Assert.Equal("FINISHED", fixture.Run("run").Status);
    }

    [Fact]
    public void The_end_waits_for_a_slow_server_while_an_attempt_at_one_record_makes_progress()
    {
        // Ten requests of 100 points, which together take more than the time limit. All are one group of records.
        using var fixture = new SessionFixture();
        fixture.Server.Delay = TimeSpan.FromMilliseconds(100);
        TrackingSession session = fixture.Open(linger: TimeSpan.FromMilliseconds(400));
        TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
        run.LogMetrics([.. Enumerable.Range(0, 1000).Select(i => new MetricPoint("loss", i, i, fixture.Clock.GetUtcNow()))]);
        session.Dispose();
        Assert.Equal(0, fixture.Status().NumWaiting);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_sending_at_the_end()
    {
        using var stop = new CancellationTokenSource();
        using var fixture = new SessionFixture { Leave = stop.Token };
        fixture.Server.Stop();
        TrackingSession session = fixture.Open(); // would send for a minute
        session.StartRun("experiment", "paper", "run", null, NoTags);
        Task end = Task.Run(session.Dispose, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(end.IsCompleted);
        await stop.CancelAsync();
        await end.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Contains("hiendmae track sync", fixture.Notes.Last());
    }

    [Fact]
    public void Steps_repeated_after_a_kill_appear_once()
    {
        using var fixture = new SessionFixture();
        TrackingSession killed = fixture.Open();
        TrackedRun first = killed.StartRun("pretrain", "paper", "pretrain", null, NoTags);
        for (int step = 1; step <= 7; step++) first.LogMetric("loss", step, step);
        killed.Abandon();
        fixture.Clock.Advance(60_000);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("pretrain", "paper", "pretrain", null, NoTags);
            Assert.True(run.IsResumed);
            Assert.Equal(first.Id, run.Id);
            for (int step = 5; step <= 9; step++) run.LogMetric("loss", step, step); // from the checkpoint of step 4
            run.Finish(RunStatus.Finished);
        }
        Assert.Equal(
            Enumerable.Range(1, 9).Select(step => ((long)step, (double)step, step <= 7 ? 1795484772000 : 1795484832000)),
            fixture.Run("pretrain").Metrics.OrderBy(point => point.Step).Select(point => (point.Step, point.Value, point.Time)));
    }

    [Fact]
    public void A_refused_record_does_not_stop_the_others()
    {
        using var fixture = new SessionFixture();
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            Assert.True(session.Flush(Patience));
            fixture.Run("run").Params["lr"] = "1"; // by another program
            run.LogParams(new Dictionary<string, string> { ["lr"] = "2", ["depth"] = "12" });
            run.LogArtifact(fixture.Folder["not-there.txt"]);
            run.LogMetric("loss", 1, 1);
        }
        Assert.Equal(("1", "12"), (fixture.Run("run").Params["lr"], fixture.Run("run").Params["depth"]));
        Assert.Single(fixture.Run("run").Metrics);
        Assert.Contains(fixture.Notes, note => note.Contains("Changing param values", StringComparison.Ordinal));
        Assert.Contains(fixture.Notes, note => note.Contains("not-there.txt no longer exists", StringComparison.Ordinal));
        Assert.Equal((0, 2), (fixture.Status().NumWaiting, fixture.Status().NumRefused));
    }

    [Fact]
    public void A_server_that_lost_everything_gets_everything_again_and_a_deleted_run_stays_deleted()
    {
        using var fixture = new SessionFixture();
        using (TrackingSession session = fixture.Open()) session.StartRun("experiment", "paper", "run", null, NoTags).LogMetric("loss", 1, 1);
        fixture.Run("run").IsDeleted = true;
        using (TrackingSession session = fixture.Open()) session.StartRun("experiment", "paper", "run", null, NoTags).LogMetric("loss", 2, 2);
        Assert.True(Assert.Single(fixture.Mlflow.Runs.Values).IsDeleted);
        fixture.Mlflow.Runs.Clear();
        fixture.Mlflow.Experiments.Remove("1");
        using (TrackingSession session = fixture.Open()) session.StartRun("experiment", "paper", "run", null, NoTags).LogMetric("loss", 3, 3);
        Assert.Equal([1, 2, 3], fixture.Run("run").Metrics.Select(point => point.Step).Order());
        // Sync asks, even where nothing waits.
        fixture.Sync();
        fixture.Mlflow.Runs.Clear();
        Assert.NotEqual(0, fixture.Sync());
        Assert.Equal(3, fixture.Run("run").Metrics.Count);
        Assert.Equal("KILLED", fixture.Run("run").Status); // no session ended it
    }

    [Fact]
    public void A_spool_can_be_sent_to_another_store()
    {
        using var fixture = new SessionFixture();
        using (TrackingSession session = fixture.Open(address: ""))
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            run.LogMetric("loss", double.NaN, 1);
            run.LogArtifact(fixture.Folder.File("a.txt", "x"));
            run.LogInputs([new(new DatasetDescription("kits", "d", "local", "{}"), [new("mlflow.data.context", "test")])]);
            run.Finish(RunStatus.Killed);
        }
        string database = fixture.Folder["mlflow.db"];
        Assert.Equal(["run|KILLED|1795484772000"], Query.Rows(database, "SELECT name, status, end_time FROM runs"));
        Assert.Equal(["loss|1"], Query.Rows(database, "SELECT key, is_nan FROM metrics"));
        Assert.Equal(["kits|d|mlflow.data.context|test"], Query.Rows(database,
            "SELECT d.name, d.digest, t.name, t.value FROM datasets d JOIN inputs i ON i.source_id = d.dataset_uuid JOIN input_tags t ON t.input_uuid = i.input_uuid JOIN runs r ON r.run_uuid = i.destination_id"));
        Assert.Equal(6, fixture.Sync(fixture.Server.Address));
        Assert.Equal("KILLED", fixture.Run("run").Status);
        Assert.Single(fixture.Mlflow.Artifacts);
    }

    [Fact]
    public void A_run_directory_moved_with_its_database_needs_no_new_sync()
    {
        using var fixture = new SessionFixture();
        using (TrackingSession session = fixture.Open(address: "")) session.StartRun("experiment", "paper", "run", null, NoTags).Finish(RunStatus.Finished);
        using var elsewhere = new TempFolder();
        Directory.Move(fixture.RunFolder, elsewhere["run"]);
        File.Move(fixture.Folder["mlflow.db"], elsewhere["mlflow.db"]);
        Assert.Equal(0, SpoolSync.Send(elsewhere["run"], null, fixture.Read, fixture.Clock, fixture.Notes.Enqueue, null, CancellationToken.None));
    }

    [Fact]
    public void Only_one_process_writes_a_spool_and_only_one_sends_it()
    {
        using var fixture = new SessionFixture();
        using TrackingSession session = fixture.Open();
        Assert.Contains("Another process is running", Assert.Throws<TrackingException>(() => fixture.Open()).Message);
        session.StartRun("experiment", "paper", "run", null, NoTags);
        Assert.True(session.Flush(Patience));
        using FileLock? held = FileLock.TryTake(SpoolFiles.DrainLock(fixture.RunFolder));
        Assert.NotNull(held);
        Assert.Contains("Another process is sending", Assert.Throws<TrackingException>(() => fixture.Sync()).Message);
    }

    [Fact]
    public void A_child_finds_the_run_of_another_process_as_its_parent()
    {
        using var fixture = new SessionFixture();
        using var sweep = new TempFolder();
        string parent;
        using (TrackingSession session = fixture.Open(linger: TimeSpan.Zero))
        {
            // The sweep's own spool has not reached the server when the child's has.
            session.StartRun("experiment", "paper", "child", "0123456789abcdef0123456789abcdef", NoTags);
            Assert.True(session.Flush(Patience));
            parent = fixture.Mlflow.Runs.Count == 1 ? "0123456789abcdef0123456789abcdef" : "";
            string id = new MlflowClient(TrackingServer.Of(fixture.Server.Address, _ => null), TimeProvider.System)
                .CreateRun("1", "sweep", DateTimeOffset.UnixEpoch, [new("hiendmae.run_id", parent)]).Info.RunId;
            session.StartRun("experiment", "paper", "child", parent, NoTags).Finish(RunStatus.Finished);
            Assert.True(session.Flush(Patience));
            Assert.Equal(id, fixture.Run("child").Tag("mlflow.parentRunId"));
        }
    }

    [Fact]
    public void A_parent_finds_the_runs_of_other_processes_that_ended_before_it_was_sent()
    {
        using SessionFixture sweep = new(), fixture = new();
        string away = "http://127.0.0.1:1";
        using (TrackingSession parents = sweep.Open(away, linger: TimeSpan.Zero))
        {
            TrackedRun parent = parents.StartRun("sweep", "paper", "sweep", null, NoTags);
            using (TrackingSession session = fixture.Open())
            {
                TrackedRun child = session.StartRun("experiment", "paper", "child", parent.Id, NoTags);
                session.StartRun("pretrain", "paper", "grandchild", child.Id, NoTags).Finish(RunStatus.Finished);
                child.Finish(RunStatus.Finished);
            }
            Assert.Empty(fixture.Run("child").Tag("mlflow.parentRunId"));
            parent.Finish(RunStatus.Finished);
        }
        sweep.Sync(fixture.Server.Address);
        Assert.Equal(fixture.Run("sweep").Id, fixture.Run("child").Tag("mlflow.parentRunId"));
        Assert.Equal(fixture.Run("child").Id, fixture.Run("grandchild").Tag("mlflow.parentRunId"));
    }

    [Fact]
    public void Secrets_appear_in_no_file_and_no_message()
    {
        using var fixture = new SessionFixture();
        fixture.Variables["MLFLOW_TRACKING_USERNAME"] = "ann";
        fixture.Variables["MLFLOW_TRACKING_PASSWORD"] = "s3cret-password";
        fixture.Variables["MLFLOW_TRACKING_TOKEN"] = "s3cret-token";
        fixture.Server.Plan([Fault.Unauthorized, Fault.DropBefore, Fault.InternalError]);
        string address = fixture.Server.Address.Replace("http://", "http://eve:s3cret-address@", StringComparison.Ordinal);
        using (TrackingSession session = fixture.Open(address))
        {
            session.StartRun("experiment", "paper", "run", null, NoTags).LogMetric("loss", 1, 1);
            Assert.True(session.Flush(Patience));
        }
        Assert.NotEmpty(fixture.Notes);
        Assert.All(Directory.GetFiles(fixture.Folder.Path, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("s3cret", File.ReadAllText(file)));
        Assert.All(fixture.Notes, note => Assert.DoesNotContain("s3cret", note));
        var wrong = Assert.Throws<TrackingException>(() => TrackingTarget.Parse("mysql://eve:s3cret-address@host/db", ".", fixture.Read));
        Assert.DoesNotContain("s3cret", wrong.ToString());
    }

    [Fact]
    public void The_environment_names_the_store_if_the_file_does_not()
    {
        Func<string, string?> none = _ => null, some = name => name == "MLFLOW_TRACKING_URI" ? "https://env.example" : null;
        Assert.Equal(Path.GetFullPath("runs/mlflow.db"), TrackingTarget.Parse("", "runs", none).ToString());
        Assert.Equal("https://env.example", TrackingTarget.Parse(" ", "runs", some).ToString());
        Assert.Equal("http://file.example:5000/base", TrackingTarget.Parse("http://file.example:5000/base/", "runs", some).ToString());
        Assert.Equal("/data/my.db", TrackingTarget.Parse("sqlite:////data/my.db", "runs", none).ToString());
        Assert.Contains("(MLFLOW_TRACKING_URI)", Assert.Throws<TrackingException>(() => TrackingTarget.Parse("", "runs", _ => "databricks")).Message);
    }
}
