using System.Globalization;
using HiEndMae.Engine.Stages;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;

namespace HiEndMae.Runs.Tracking;

/// <summary>Tracks an evaluation after the run, as one child of the run for each model. The spool is in the folder of the evaluation.</summary>
internal static class TrackedEvaluation
{
    /// <summary>Tracks the results.</summary>
    /// <param name="opened">The run whose models were evaluated.</param>
    /// <param name="folder">The evaluation's folder, with results.json.</param>
    /// <param name="evaluations">Results by start, with a description of the models.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <returns>A readable name of the store; null if the run is not tracked.</returns>
    /// <exception cref="TrackingException">The local store is no MLflow database.</exception>
    public static string? Track(
        FineTunedModels opened, string folder, IReadOnlyList<(string Start, EvaluationResult Result, string About)> evaluations, RunEnvironment environment, Action<string> warn)
    {
        if (!opened.Config.Tracking.Enabled || RunRecord.Read(opened.Path.Run) is not { } record) return null;
        TrackingTarget target = TrackingTarget.FromRelative(record.Store, opened.Path.Run, environment.GetVariable);
        var options = new TrackingSessionOptions { Client = MlflowClientOptions.Of(environment.GetVariable) };
        using TrackingSession session = TrackingSession.Open(folder, target, environment.GetVariable, environment.Clock, warn, options);
        JobRecord? job = JobRecord.Read(Path.GetDirectoryName(Path.GetFullPath(opened.Path.Run))!);
        string time = environment.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        foreach ((string start, EvaluationResult result, string about) in evaluations)
        {
            Dictionary<string, string> tags = RunTags.Of("evaluation", "", opened.Config, environment.GetVariable);
            tags["hiendmae.run_directory"] = folder;
            tags["hiendmae.start"] = start;
            tags["hiendmae.checkpoint"] = about;
            TrackedRun run = session.StartRun($"evaluate-{start}", record.Choice, $"evaluate {start} again {time}", record.Run, tags);
            run.LogParams(StageParameters.OfEvaluation(opened.Config, start, job));
            TrackedExperiment.LogEvaluation(run, result, opened.Card.ScoredNames, environment.Clock.GetUtcNow());
            foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal)) run.LogArtifact(file);
            run.Finish(RunStatus.Finished);
        }
        return target.ToString();
    }
}
