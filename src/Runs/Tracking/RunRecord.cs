using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Runs.Tracking;

/// <summary><c>tracking.json</c> of a run directory: the store and the ids of the tracked run, for later commands.</summary>
/// <param name="Store">The store, without credentials.</param>
/// <param name="Experiment">Name of the MLflow experiment; null if only its id is known.</param>
/// <param name="ExperimentId">The store's id of the experiment, if the environment gave one.</param>
/// <param name="ExperimentRun">The store's id of a run in the same experiment, if the environment gave one.</param>
/// <param name="Run">Our id of the run, which is also in the tag <c>hiendmae.run_id</c>.</param>
internal sealed record RunRecord(string Store, string? Experiment, string? ExperimentId, string? ExperimentRun, string Run)
{
    /// <summary>The experiment of the run, for its later children.</summary>
    public ExperimentChoice Choice => new(Experiment, ExperimentId, ExperimentRun);

    /// <summary>Name in the run directory.</summary>
    public const string FileName = "tracking.json";

    /// <summary>Writes the record.</summary>
    public void Write(RunDirectory directory) => directory.Write(FileName, new JsonObject
    {
        ["store"] = Store,
        ["experiment"] = Experiment,
        ["experiment_id"] = ExperimentId,
        ["experiment_run"] = ExperimentRun,
        ["run"] = Run,
    }.ToJsonString(JsonOptions.Indented));

    /// <summary>Reads the record of a run directory; null if the run is not tracked.</summary>
    public static RunRecord? Read(string folder)
    {
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, FileName)))!;
            return json["store"]?.GetValue<string>() is { } store && json["run"]?.GetValue<string>() is { } run
                ? new RunRecord(store, json["experiment"]?.GetValue<string>(), json["experiment_id"]?.GetValue<string>(), json["experiment_run"]?.GetValue<string>(), run)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || JsonErrors.AreOfContent(error))
        {
            return null;
        }
    }
}
