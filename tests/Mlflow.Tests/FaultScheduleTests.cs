using System.Globalization;
using CsCheck;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Whatever goes wrong in whatever order, the server ends with exactly what was logged.</summary>
public sealed class FaultScheduleTests
{
    private static readonly Gen<(int Kind, int Run, int Number)> GenOperation = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[0, 9]);
    private static readonly Gen<(ServerVersion Version, List<(int Kind, int Run, int Number)> Operations, List<Fault> Faults)> GenCase = Gen.Select(
        Gen.Int[0, 2].Select(static number => (ServerVersion)number), GenOperation.List[5, 40], Gen.OneOf(Gen.Const(Fault.None), Gen.Int[0, (int)Fault.Unauthorized].Select(number => (Fault)number)).List[0, 40]);

    [Fact]
    public void After_any_faults_the_server_holds_what_was_logged_each_once() => Sample(10);

    [Fact, Trait("speed", "slow")]
    public void After_very_many_faults_too()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");
        Sample(300);
    }

    private static void Sample(int count) => GenCase.Sample(static one => Check(one.Version, one.Operations, one.Faults), iter: count, threads: 1);

    private static void Check(ServerVersion version, List<(int Kind, int Run, int Number)> operations, List<Fault> faults)
    {
        using var fixture = new SessionFixture(version);
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

        ServerRun[] active = [.. fixture.Mlflow.Runs.Values.Where(run => !run.IsDeleted)];
        Assert.Equal(expected.Keys.Order(), active.Select(run => run.Name).Order());
        foreach (ServerRun run in active)
        {
            ExpectedRun want = expected[run.Name];
            Assert.Equal(want.Params.OrderBy(entry => entry.Key), run.Params.OrderBy(entry => entry.Key));
            Assert.Equal(want.Tags.OrderBy(entry => entry.Key), run.Tags.Where(entry => !entry.Key.Contains('.', StringComparison.Ordinal)).OrderBy(entry => entry.Key));
            Assert.Equal(want.Metrics.Order(), run.Metrics.Order());
            Assert.Equal(want.Inputs.Order(), run.Inputs.Keys.Order());
            Assert.Equal(("FINISHED", want.StartTime, want.EndTime), (run.Status, run.StartTime, run.EndTime));
            string root = $"{run.Experiment}/{run.Id}/artifacts/";
            Assert.Equal(want.Artifacts.OrderBy(entry => entry.Key), fixture.Mlflow.Artifacts.Where(file => file.Key.StartsWith(root, StringComparison.Ordinal))
                .Select(file => KeyValuePair.Create(file.Key[root.Length..], System.Text.Encoding.UTF8.GetString(file.Value))).OrderBy(entry => entry.Key));
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
