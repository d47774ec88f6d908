using System.Diagnostics;
using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow.Tests;

public sealed class ProcessTests
{
    [Fact]
    public async Task The_spool_of_a_killed_process_is_sent_exactly()
    {
        using var fixture = new SessionFixture();
        Directory.CreateDirectory(fixture.RunFolder);
        fixture.Server.Plan([Fault.None, Fault.None, Fault.DropAfter, Fault.None, Fault.InternalError, Fault.Late, Fault.StallAfter]);
        using (Process child = ChildProcess.Start("session", fixture.RunFolder, fixture.Server.Address))
        {
            for (int i = 0; i < 2000 && !(File.Exists(fixture.Spool) && fixture.Mlflow.Runs.Count > 1 && new FileInfo(fixture.Spool).Length > 20_000); i++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            child.Kill(); // SIGKILL
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        fixture.Server.Heal();
        Assert.True(fixture.Mlflow.Runs.Count > 1);
        fixture.Sync();

        // The spool, read without the code under test.
        JsonNode[] records = [.. (await File.ReadAllLinesAsync(fixture.Spool, TestContext.Current.CancellationToken)).Select(line => TryParse(line)).OfType<JsonNode>()];
        Assert.True(records.Length > 50);
        foreach (JsonNode start in records.Where(record => (string?)record["op"] == "run"))
        {
            ServerRun run = fixture.Run((string)start["name"]!);
            var points = records.Where(record => (string?)record["op"] == "metrics" && (string?)record["run"] == (string?)start["run"]).SelectMany(record => record["points"]!.AsArray())
                .Select(point => new StoredPoint((string)point!["key"]!, (long)point["timestamp"]!, (long)point["step"]!, (double)point["value"]!, false));
            Assert.Equal(points.Order(), run.Metrics.Order());
            JsonNode end = Assert.Single(records, record => (string?)record["op"] == "end" && (string?)record["run"] == (string?)start["run"]);
            Assert.Equal((((string)end["status"]!).ToUpperInvariant(), (long)end["time"]!), (run.Status, run.EndTime));
        }
        // What the kill left open was ended as killed, at its last sign of life.
        JsonNode last = Assert.Single(records, record => (string?)record["status"] == "Killed");
        Assert.Equal((long)records.Last(record => record["points"] is not null && (string?)record["run"] == (string?)last["run"])["points"]!.AsArray()[^1]!["timestamp"]!, (long)last["time"]!);
        Assert.Equal(records.Count(record => (string?)record["op"] == "run"), fixture.Mlflow.Runs.Values.Count(run => !run.IsDeleted));
    }

    [Fact]
    public async Task Processes_can_write_one_database_concurrently()
    {
        using var folder = new TempFolder();
        Process[] children = [.. Enumerable.Range(0, 3).Select(_ => ChildProcess.Start("local", folder.Path, ""))];
        foreach (Process child in children)
        {
            string error = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, ""), (child.ExitCode, error));
            child.Dispose();
        }
        string database = folder["mlflow.db"];
        Assert.Equal(["12|FINISHED"], Query.Rows(database, "SELECT count(*), status FROM runs GROUP BY status"));
        Assert.Equal(["240"], Query.Rows(database, "SELECT count(*) FROM metrics"));
        Assert.Equal(["2"], Query.Rows(database, "SELECT count(*) FROM experiments"));
        Assert.Equal(["wal"], Query.Rows(database, "PRAGMA journal_mode"));
        Assert.Equal(["ok"], Query.Rows(database, "PRAGMA integrity_check"));
    }

    private static JsonNode? TryParse(string line)
    {
        try
        {
            return line.Length > 9 ? JsonNode.Parse(line[9..]) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
