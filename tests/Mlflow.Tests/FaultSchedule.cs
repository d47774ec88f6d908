using System.Globalization;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Logs through sessions that are killed and a server that fails, and compares what the server has in the end with what was logged.</summary>
internal static class FaultSchedule
{
    /// <summary>Logs, and compares.</summary>
    /// <param name="fixture">A directory and a server without runs.</param>
    /// <param name="operations">What is done: a kind, one of three runs, and a number that each kind reads as it likes.</param>
    /// <param name="faults">What happens to the requests, one each.</param>
    public static void Check(SessionFixture fixture, IEnumerable<(int Kind, int Run, int Number)> operations, IEnumerable<Fault> faults)
    {
        fixture.Server.Plan(faults);
        var expected = new Dictionary<string, ExpectedRun>();
        var runs = new TrackedRun?[3];
        TrackingSession session = fixture.Open();
        foreach ((int kind, int number, int detail) in operations)
        {
            fixture.Clock.Advance(7);
            TrackedRun run = Run(number);
            ExpectedRun want = expected[$"run {number}"];
            string word = detail.ToString(CultureInfo.InvariantCulture);
            long now = fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            switch (kind)
            {
                case 0:
                    session.Abandon(); // as a kill: what is being sent is cut off
                    session = fixture.Open();
                    Array.Clear(runs);
                    break;
                case 1:
                    fixture.Server.Stop();
                    fixture.Server.Start();
                    break;
                case 2:
                    run.LogParams(new Dictionary<string, string> { [$"p{word}"] = "same", ["q" + now] = word });
                    want.Params[$"p{word}"] = "same";
                    want.Params["q" + now] = word;
                    break;
                case 3:
                    run.SetTags(new Dictionary<string, string> { ["t" + detail % 3] = word });
                    want.Tags["t" + detail % 3] = word;
                    break;
                case 4:
                    run.LogArtifact(fixture.Folder.File($"file{number}-{detail}.txt", $"content {detail}"), "files");
                    want.Artifacts[$"files/file{number}-{detail}.txt"] = $"content {detail}";
                    break;
                case 5:
                    run.LogInputs([new DatasetInput(new DatasetDescription($"data{detail}", "digest", "local", "{}"))]);
                    want.Inputs.Add($"data{detail} digest");
                    break;
                case 6:
                    run.Finish((RunStatus)(detail % 3));
                    break;
                case 7:
                    session.Flush(TimeSpan.FromMilliseconds(detail * 10));
                    break;
                default:
                    MetricPoint[] points = [.. Enumerable.Range(0, 1 + detail).Select(i => new MetricPoint($"m{i}", Value(i), want.NextStep, fixture.Clock.GetUtcNow()))];
                    run.LogMetrics(points);
                    foreach (MetricPoint point in points) want.Metrics.Add(new StoredPoint(point.Key, now, point.Step, double.IsNaN(point.Value) ? 0 : point.Value, double.IsNaN(point.Value)));
                    want.NextStep++;
                    break;
            }
        }
        for (int number = 0; number < runs.Length; number++)
        {
            TrackedRun run = Run(number);
            fixture.Clock.Advance(1);
            run.Finish(RunStatus.Finished);
            expected[$"run {number}"].EndTime = fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        }
        session.Abandon();
        fixture.Server.Heal();
        fixture.Sync();

        IReadOnlyList<ServerRun> active = fixture.Server.Backend.ActiveRuns();
        Assert.Equal(expected.Keys.Order(), active.Select(run => run.Name).Order());
        foreach (ServerRun run in active)
        {
            ExpectedRun want = expected[run.Name];
            Assert.Equal(want.Params.OrderBy(entry => entry.Key), run.Params.OrderBy(entry => entry.Key));
            Assert.Equal(want.Tags.OrderBy(entry => entry.Key), run.Tags.Where(entry => !entry.Key.Contains('.', StringComparison.Ordinal)).OrderBy(entry => entry.Key));
            Assert.Equal(want.Metrics.Order(), run.Metrics.Order());
            Assert.Equal(want.Inputs.Order(), run.Inputs.Keys.Order());
            Assert.Equal(("FINISHED", want.StartTime, want.EndTime), (run.Status, run.StartTime, run.EndTime));
            Assert.Equal(want.Artifacts.OrderBy(entry => entry.Key), fixture.Server.Backend.ArtifactsOf(run).OrderBy(entry => entry.Key));
            if (run.Name != "run 0") Assert.Equal(active.Single(one => one.Name == "run 0").Id, run.Tag("mlflow.parentRunId"));
        }
        Assert.Equal((0, 0), (fixture.Status().NumWaiting, fixture.Status().NumRefused));

        TrackedRun Run(int number)
        {
            if (runs[number] is { } known) return known;
            if (number > 0) Run(0);
            string name = $"run {number}";
            expected.TryAdd(name, new ExpectedRun { StartTime = fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds() });
            return runs[number] = session.StartRun(name, "paper", name, number == 0 ? null : runs[0]!.Id, SessionFixture.NoTags);
        }
    }

    private static double Value(int i) => i switch { 3 => double.NaN, 5 => 1e-300, _ => i * 0.1 };

    private sealed class ExpectedRun
    {
        public required long StartTime { get; init; }

        public long EndTime { get; set; }

        public long NextStep { get; set; }

        public Dictionary<string, string> Params { get; } = [];

        public Dictionary<string, string> Tags { get; } = [];

        public Dictionary<string, string> Artifacts { get; } = [];

        public HashSet<string> Inputs { get; } = [];

        public List<StoredPoint> Metrics { get; } = [];
    }
}
