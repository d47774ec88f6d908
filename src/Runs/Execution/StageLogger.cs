using System.Text.Json.Nodes;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Runs.Execution;

/// <summary>Writes the values and messages of a stage to metrics.jsonl, the tracker, the progress display and log.txt.</summary>
internal sealed class StageLogger(Stage stage, RunDirectory directory, IProgressDisplay progress, TrackedRun tracked, IRunReporter reporter, TimeProvider clock) : IStageLogger
{
    private readonly List<MetricPoint> waiting = [];

    public void Metric(string key, double value, int step)
    {
        DateTimeOffset now = clock.GetUtcNow();
        directory.AppendLine("metrics.jsonl", new JsonObject
        {
            ["stage"] = stage.Name,
            ["step"] = step,
            ["key"] = key,
            // JSON cannot represent NaN.
            ["value"] = double.IsFinite(value) ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["time"] = now.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        }.ToJsonString());
        waiting.Add(new MetricPoint(key, value, step, now));
    }

    public void Progress(int done, int total, string detail, TimeSpan left)
    {
        progress.Report(done, total, detail, left);
        Flush();
    }

    public void Resumed(int step)
    {
        directory.DropMetricsAfter(stage.Name, step);
        Note($"{stage}: continues from step {step}.");
    }

    public void Note(string message) => directory.AppendLine("log.txt", $"{clock.GetUtcNow():O} {message}");

    public void Warn(string message)
    {
        Note("warning: " + message);
        reporter.Warn($"{stage}: {message}");
    }

    /// <summary>Passes the collected values to the tracker, as one record per logging interval. Another thread sends them.</summary>
    public void Flush()
    {
        if (waiting.Count == 0) return;
        tracked.LogMetrics(waiting);
        waiting.Clear();
    }
}
