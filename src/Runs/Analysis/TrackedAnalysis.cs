using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Runs.Analysis;

/// <summary>Tracks an analysis as a child of each model's run. The step of a value is its layer. Files of the folder are artifacts. The spool is in the folder of the analysis.</summary>
internal static class TrackedAnalysis
{
    /// <summary>Tracks the results.</summary>
    /// <param name="folder">Folder of the analysis, complete.</param>
    /// <param name="models">The models.</param>
    /// <param name="result">Numbers by layer; null if none were measured.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <exception cref="TrackingException">A local store is not an MLflow database.</exception>
    public static void Track(string folder, IReadOnlyList<AnalyzedModel> models, RepresentationResult? result, RunEnvironment environment, Action<string> warn)
    {
        (AnalyzedModel Model, RunRecord Record)[] tracked =
            [.. models.Where(model => model.Config.Tracking.Enabled).Select(model => (model, RunRecord.Read(model.Run)!)).Where(pair => pair.Item2 is not null)];
        string[] files = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        int number = 0;
        // Models in the same store share a session.
        foreach (var group in tracked.GroupBy(pair => TrackingTarget.FromRelative(pair.Record.Store, pair.Model.Run, environment.GetVariable).ToString()))
        {
            TrackingTarget target = TrackingTarget.FromRelative(group.First().Record.Store, group.First().Model.Run, environment.GetVariable);
            var options = new TrackingSessionOptions { Client = MlflowClientOptions.Of(environment.GetVariable) };
            string spool = number == 0 ? folder : Path.Combine(folder, FormattableString.Invariant($"tracking-{number}"));
            number++;
            using TrackingSession session = TrackingSession.Open(spool, target, environment.GetVariable, environment.Clock, warn, options);
            DateTimeOffset now = environment.Clock.GetUtcNow();
            foreach ((AnalyzedModel model, RunRecord record) in group)
            {
                Dictionary<string, string> tags = RunTags.Of("analysis", "", model.Config, environment.GetVariable);
                tags["hiendmae.run_directory"] = folder;
                tags["hiendmae.checkpoint"] = model.Checkpoint;
                string name = $"analyze {model.Label} {now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}";
                TrackedRun run = session.StartRun($"analyze-{model.Label}", record.Choice, name, record.Run, tags);
                run.LogParams(StageParameters.Of(model.Config));
                if (result?.Models.FirstOrDefault(one => one.Label == model.Label) is { } measured) run.LogMetrics(Points(measured, now));
                foreach (string file in files) run.LogArtifact(file, Path.GetRelativePath(folder, Path.GetDirectoryName(file)!) is "." ? "" : Path.GetRelativePath(folder, Path.GetDirectoryName(file)!).Replace('\\', '/'));
                run.Finish(RunStatus.Finished);
            }
        }
    }

    // The layer is logged as the step, so that MLflow draws curves over depth.
    private static List<MetricPoint> Points(MeasuredModel model, DateTimeOffset now)
    {
        var points = new List<MetricPoint>();
        foreach ((Measure measure, double[][][] values) in model.Measures.Values)
        {
            for (int layer = 0; layer < values.Length; layer++)
            {
                if (LayerSummary.Mean([.. values[layer].Select(LayerSummary.Mean)]) is var mean && double.IsFinite(mean)) points.Add(new MetricPoint(measure.Name, mean, layer, now));
            }
        }
        return points;
    }
}
