using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace HiEndMae.Mlflow.Tests;

/// <summary>This program once more, as a process that only tracks: to be killed, or to write beside others.</summary>
internal static class ChildProcess
{
    private const string Variable = "HIENDMAE_TRACKING_CHILD";

    public static Process Start(string role, string folder, string address)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = $"{role}|{folder}|{address}";
        return Process.Start(start)!;
    }

    // Before the test runner's Main.
    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } order) return;
        string[] parts = order.Split('|');
        if (parts[0] == "session") Track(parts[1], parts[2]);
        else Write(parts[1]);
        Environment.Exit(0);
    }

    private static void Track(string folder, string address)
    {
        var options = new TrackingSessionOptions { SendEvery = TimeSpan.FromMilliseconds(1), Client = SessionFixture.Hasty };
        using TrackingSession session = TrackingSession.Open(
            folder, TrackingTarget.Parse(address, folder, static _ => null), static _ => null, TimeProvider.System, static _ => { }, options);
        for (int number = 0; ; number++)
        {
            TrackedRun run = session.StartRun($"run {number}", "paper", $"run {number}", null, SessionFixture.NoTags);
            for (int step = 0; step < 50; step++)
            {
                run.LogMetrics([new MetricPoint("loss", step, step, DateTimeOffset.UtcNow), new MetricPoint("lr", 1.0 / (1 + step), step, DateTimeOffset.UtcNow)]);
                Thread.Sleep(1);
            }
            run.Finish(RunStatus.Finished);
        }
    }

    private static void Write(string folder)
    {
        for (int number = 0; number < 4; number++)
        {
            using var store = new LocalTrackingStore(folder, static _ => null, TimeProvider.System);
            string run = store.CreateRun(store.GetOrCreateExperiment("sweep"), "run", null, SessionFixture.NoTags);
            for (int batch = 0; batch < 10; batch++)
                store.LogMetrics(run, [new("loss", batch, batch, DateTimeOffset.UnixEpoch), new("dice", batch, batch, DateTimeOffset.UnixEpoch)]);
            store.Finish(run, RunStatus.Finished);
        }
    }
}
