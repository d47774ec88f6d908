using System.Text.Json.Nodes;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Runs.Results;

/// <summary>The results of an experiment: <c>results.json</c>.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="LabelNames">Names of the classes, background first.</param>
public sealed record ExperimentResults(string Folder, IReadOnlyList<string> LabelNames)
{
    /// <summary>Trainings by stage name.</summary>
    public Dictionary<string, TrainResult> Trainings { get; } = [];

    /// <summary>Evaluations by start.</summary>
    public Dictionary<string, EvaluationResult> Evaluations { get; } = [];

    /// <summary>Conditions besides the config: device, threads, deterministic mode, and changes of the config during the run.</summary>
    public RunConditions? Conditions { get; init; }

    /// <summary>Path of the HTML report; null if none was written.</summary>
    public string? Page { get; set; }

    /// <summary>Converts to JSON. Paths are relative to the run directory, so that it can be moved.</summary>
    public JsonObject ToJson() => new()
    {
        ["conditions"] = Conditions?.ToJson(),
        ["trainings"] = new JsonObject(Trainings.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)TrainingJson.Write(entry.Value, Folder)))),
        ["evaluations"] = new JsonObject(Evaluations.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)EvaluationJson.Write(entry.Value, LabelNames)))),
    };
}
