using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using static HiEndMae.Mlflow.Tests.SessionFixture;

namespace HiEndMae.Mlflow.Tests;

/// <summary>The same faults as in front of the stand-in, in front of a real server. Set HIENDMAE_MLFLOW to run them.</summary>
public sealed class RealServerTests
{
    // A Python server on a busy machine answers in a tenth of a second, not in a millisecond.
    private static readonly MlflowClientOptions Patient = Hasty with { AttemptTimeout = TimeSpan.FromSeconds(2.5) };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_any_faults_a_real_server_has_every_value_once(int seed)
    {
        RealMlflow.Require();
        using var server = new RealMlflow();
        var random = new Random(seed);
        using var fixture = new SessionFixture(server) { Patience = Patient };
        FaultSchedule.Check(
            fixture, Enumerable.Range(0, 30).Select(_ => (random.Next(12), random.Next(3), random.Next(10))).ToList(),
            Enumerable.Range(0, 40).Select(_ => random.Next(2) == 0 ? Fault.None : (Fault)random.Next((int)Fault.Unauthorized + 1)).ToList());
    }

    [Fact]
    public void A_server_that_is_killed_meanwhile_has_every_value_once_after_its_restart()
    {
        RealMlflow.Require();
        using var server = new RealMlflow();
        using var fixture = new SessionFixture(server) { Patience = Patient };
        using (TrackingSession session = fixture.Open(server.Address))
        {
            TrackedRun run = session.StartRun("training", "paper", "training", null, NoTags);
            Log(run, 0, 300);
            Thread.Sleep(100); // in the middle of the first batches
            server.Kill();
            Log(run, 300, 600);
            server.Start();
            Log(run, 600, 700);
            run.Finish(RunStatus.Finished);
        }
        fixture.Sync(server.Address);
        ServerRun stored = Assert.Single(server.ActiveRuns());
        Assert.Equal(700 * 3, stored.Metrics.Count);
        Assert.Equal(Enumerable.Range(0, 700).Select(step => (long)step), stored.Metrics.Where(point => point.Key == "loss").Select(point => point.Step).Order());
        Assert.Equal(100, stored.Metrics.Count(point => point.IsNan));
        Assert.Equal("FINISHED", stored.Status);
        Assert.Equal((0, 0), (fixture.Status().NumWaiting, fixture.Status().NumRefused));

        // A second address of the same server: as many requests as the first time, and nothing twice.
        fixture.Sync(fixture.Server.Address);
        Assert.Equal(700 * 3, Assert.Single(server.ActiveRuns()).Metrics.Count);
        Assert.InRange(fixture.Server.Requests.Count, 21, 200);
        Assert.Equal(0, fixture.Status().NumRefused);

        void Log(TrackedRun run, int from, int to)
        {
            for (int step = from; step < to; step++)
            {
                DateTimeOffset now = fixture.Clock.GetUtcNow();
                run.LogMetrics([new MetricPoint("loss", 1.0 / (1 + step), step, now), new MetricPoint("lr", step % 7 == 0 ? double.NaN : step, step, now), new MetricPoint("grad_norm", step, step, now)]);
            }
        }
    }

    [Fact]
    public async Task The_spool_of_a_killed_process_is_sent_exactly_to_a_real_server()
    {
        RealMlflow.Require();
        using var server = new RealMlflow();
        using var fixture = new SessionFixture(server);
        Directory.CreateDirectory(fixture.RunFolder);
        using (Process child = ChildProcess.Start("session", fixture.RunFolder, server.Address))
        {
            for (int i = 0; i < 2000 && !(File.Exists(fixture.Spool) && new FileInfo(fixture.Spool).Length > 60_000); i++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        fixture.Sync(server.Address);
        JsonNode[] records = [.. (await File.ReadAllLinesAsync(fixture.Spool, TestContext.Current.CancellationToken)).Where(line => line.Length > 9).Select(line => JsonNode.Parse(line[9..])!)];
        IReadOnlyList<ServerRun> runs = server.ActiveRuns();
        Assert.Equal(records.Where(record => (string?)record["op"] == "run").Select(record => (string?)record["name"]).Order(), runs.Select(run => run.Name).Order());
        Assert.Equal(records.Where(record => (string?)record["op"] == "metrics").Sum(record => record["points"]!.AsArray().Count), runs.Sum(run => run.Metrics.Count));
        Assert.Equal(1, runs.Count(run => run.Status == "KILLED"));
    }

    [Fact]
    public void A_model_is_logged_registered_and_fetched()
    {
        RealMlflow.Require();
        using var server = new RealMlflow();
        using var fixture = new SessionFixture(server) { Patience = Patient };
        ModelFile[] files = [new(fixture.Folder.File("weights.safetensors", "weights"), "data/deep"), new(fixture.Folder.File("requirements.txt", "mlflow"), "")];
        var description = new JsonObject { ["flavors"] = new JsonObject { ["python_function"] = new JsonObject { ["loader_module"] = "x" } }, ["utc_time_created"] = "2026-01-01 00:00:00" };
        using (TrackingSession session = fixture.Open(server.Address))
        {
            TrackedRun run = session.StartRun("finetune", "paper", "finetune", null, NoTags);
            run.LogModel(new ModelPackage("model", files, description, 100, "organs"));
            run.Finish(RunStatus.Finished);
        }
        fixture.Sync(server.Address);
        // Another address of the same server gets everything again, and changes nothing.
        fixture.Sync(fixture.Server.Address);
        Assert.Equal((0, 0), (fixture.Status().NumWaiting, fixture.Status().NumRefused));
        string id = Assert.Single(server.ActiveRuns()).Id;
        using var store = new RestTrackingStore(TrackingServer.Of(server.Address, fixture.Read), null, fixture.Read, fixture.Clock, Patient);
        foreach (string address in (string[])[$"runs:/{id}/model", "models:/organs/1"])
        {
            string target = fixture.Folder["fetched-" + Guid.NewGuid().ToString("N")];
            store.Fetch(ArtifactUri.Parse(address), target);
            Assert.Equal("weights", File.ReadAllText(Path.Combine(target, "data", "deep", "weights.safetensors"), Encoding.UTF8));
            Assert.Contains($"run_id: \"{id}\"", File.ReadAllText(Path.Combine(target, "MLmodel")));
        }
    }
}
