using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

/// <summary>What is sent a second time, as after a lost answer, costs few requests and is never reported as refused.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_6)]
    [InlineData(ServerVersion.V3_11)]
    public void A_lost_answer_costs_one_request(ServerVersion version)
    {
        using var fixture = new SessionFixture(version);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
            fixture.Server.Plan([Fault.None, Fault.None, Fault.DropAfter]);
            run.LogMetrics([.. Enumerable.Range(0, 1000).Select(i => new MetricPoint($"m{i % 300}", i, i, fixture.Clock.GetUtcNow()))]);
            Assert.True(session.Flush(TimeSpan.FromSeconds(60)));
        }
        Assert.Equal(1000, fixture.Run("run").Metrics.Count);
        Assert.Equal(11, fixture.Server.Requests.Count(request => request == "POST runs/log-batch"));
        Assert.Empty(fixture.Notes);
    }

    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_11)]
    public void Syncing_a_finished_run_under_another_address_of_the_same_server_costs_as_many_requests_as_sending_it(ServerVersion version)
    {
        using var fixture = new SessionFixture(version);
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            for (int step = 0; step < 500; step++)
                run.LogMetrics([.. Enumerable.Range(0, 8).Select(i => new MetricPoint($"m{i}", step % 50 == 7 ? double.NaN : step + i, step, fixture.Clock.GetUtcNow()))]);
            run.Finish(RunStatus.Finished);
        }
        HashSet<StoredPoint> before = [.. fixture.Run("run").Metrics];
        fixture.Server.Requests.Clear();
        fixture.Sync(fixture.Server.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        Assert.Equal(before, fixture.Run("run").Metrics);
        // 40 batches; of these ten hold NaNs of eight metrics, whose histories are asked for before the rest is sent.
        Assert.InRange(fixture.Server.Requests.Count, 40, 150);
        Assert.Empty(fixture.Notes);
        Assert.Equal(0, fixture.Status().NumRefused);
    }

    [Theory]
    [InlineData(ServerVersion.V2_17)]
    [InlineData(ServerVersion.V3_11)]
    public void A_stored_NaN_is_not_sent_again_and_not_reported(ServerVersion version)
    {
        using var fixture = new SessionFixture(version);
        using var store = new RestTrackingStore(TrackingServer.Of(fixture.Server.Address, fixture.Read), null, fixture.Read, fixture.Clock, Hasty);
        string run = store.CreateRun("0", "run", null, NoTags);
        MetricPoint[] points = [Point("loss", double.NaN, 1), Point("loss", double.NaN, 1), Point("loss", 0.5, 2), Point("lr", double.NaN, 2)];
        store.LogMetrics(run, points);
        store.LogMetrics(run, [.. points, Point("loss", double.NaN, 3), Point("loss", 0.25, 4)]);
        Assert.Equal(
            [("loss", 1L, true), ("loss", 2L, false), ("loss", 3L, true), ("loss", 4L, false), ("lr", 2L, true)],
            fixture.Mlflow.Runs[run].Metrics.Select(point => (point.Key, point.Step, point.IsNan)).Order());

        MetricPoint Point(string key, double value, long step) => new(key, value, step, fixture.Clock.GetUtcNow());
    }

    [Fact]
    public void One_refused_point_is_found_with_few_requests_and_no_other_point_is_lost()
    {
        using var fixture = new SessionFixture();
        fixture.Mlflow.RefusedKeys.Add("m777");
        using (TrackingSession session = fixture.Open())
        {
            TrackedRun run = session.StartRun("experiment", "paper", "run", null, NoTags);
            run.LogMetrics([.. Enumerable.Range(0, 1000).Select(i => new MetricPoint($"m{i}", i, i, fixture.Clock.GetUtcNow()))]);
        }
        Assert.Equal(999, fixture.Run("run").Metrics.Count);
        Assert.Equal((0, 1), (fixture.Status().NumWaiting, fixture.Status().NumRefused));
        Assert.Contains("m777", Assert.Single(fixture.Notes));
        Assert.InRange(fixture.Server.Requests.Count(request => request == "POST runs/log-batch"), 1, 35);
    }

    [Fact]
    public void Messages_contain_no_SQL()
    {
        using var fixture = new SessionFixture();
        using var client = new MlflowClient(TrackingServer.Of(fixture.Server.Address, fixture.Read), TimeProvider.System, Hasty);
        string run = client.CreateRun("0", "run", fixture.Clock.GetUtcNow()).Info.RunId;
        client.LogBatch(run, [new MetricValue("loss", double.NaN, 1)], [], []);
        var error = Assert.Throws<TrackingException>(() => client.LogBatch(run, [new MetricValue("loss", double.NaN, 1)], [], []));
        Assert.EndsWith("answered 400 to api/2.0/mlflow/runs/log-batch: its database refused the values (IntegrityError)", error.Message);
        Assert.EndsWith("Experiment(name=Default) already exists.", Assert.Throws<TrackingException>(() => client.CreateExperiment("Default")).Message);
    }

    [Fact]
    public void Sync_continues_after_a_failure_to_create_the_run()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Stop();
        using (TrackingSession session = fixture.Open(linger: TimeSpan.Zero)) session.StartRun("experiment", "paper", "run", null, NoTags).LogMetric("loss", 1, 1);
        fixture.Server.Start();
        // get-by-name, create experiment, search, then the run: once not made, once made with the answer lost.
        fixture.Server.Plan([Fault.None, Fault.None, Fault.None, Fault.Unavailable, Fault.None, Fault.None, Fault.DropAfter]);
        fixture.Sync();
        Assert.Single(fixture.Run("run").Metrics);
        Assert.Single(fixture.Mlflow.Runs);
        Assert.Equal(0, fixture.Server.NumPlanned);
    }

    [Fact]
    public async Task A_server_that_comes_back_while_the_program_ends_receives_everything()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Stop();
        TrackingSession session = TrackingSession.Open(
            fixture.RunFolder, TrackingTarget.Parse(fixture.Server.Address, ".", fixture.Read), fixture.Read, fixture.Clock, fixture.Notes.Enqueue,
            new TrackingSessionOptions
            {
                // Long waits, as in real use: the end must not sit them out.
                RetryAfter = TimeSpan.FromMinutes(5), SendEvery = TimeSpan.FromMilliseconds(1), RetryAtEnd = TimeSpan.FromMilliseconds(20), LingerAtEnd = TimeSpan.FromSeconds(60),
                Client = new MlflowClientOptions { RetryDelay = TimeSpan.FromMinutes(5), MaxRetryDelay = TimeSpan.FromMinutes(5) },
            });
        session.StartRun("experiment", "paper", "run", null, NoTags).Finish(RunStatus.Finished);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Task end = Task.Run(session.Dispose, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(end.IsCompleted);
        fixture.Server.Start();
        await end.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal("FINISHED", fixture.Run("run").Status);
    }

    [Fact]
    public async Task Refused_access_does_not_delay_the_end()
    {
        using var fixture = new SessionFixture();
        fixture.Server.Plan(Enumerable.Repeat(Fault.Unauthorized, 1000));
        TrackingSession session = fixture.Open(linger: TimeSpan.FromMinutes(5));
        session.StartRun("experiment", "paper", "run", null, NoTags);
        Task end = Task.Run(session.Dispose, TestContext.Current.CancellationToken);
        await end.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains(fixture.Notes, note => note.Contains("track sync", StringComparison.Ordinal));
    }
}
