using System.Text.Json.Nodes;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Host.Evaluation;

namespace HiEndMae.Host.Running;

/// <summary>What came out of an experiment: <c>results.json</c>.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="LabelNames">One per class, background first.</param>
public sealed record ExperimentResults(string Folder, IReadOnlyList<string> LabelNames)
{
    /// <summary>Trainings by stage name.</summary>
    public Dictionary<string, TrainResult> Trainings { get; } = [];

    /// <summary>Evaluations by start.</summary>
    public Dictionary<string, EvaluationResult> Evaluations { get; } = [];

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["folder"] = Folder,
        ["trainings"] = new JsonObject(Trainings.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)new JsonObject
        {
            ["steps"] = entry.Value.Steps,
            ["last_loss"] = double.IsFinite(entry.Value.LastLoss) ? entry.Value.LastLoss : null,
            ["checkpoint"] = entry.Value.Checkpoint,
            ["seconds"] = Math.Round(entry.Value.Elapsed.TotalSeconds, 2),
        }))),
        ["evaluations"] = new JsonObject(Evaluations.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)EvaluationJson.Write(entry.Value, LabelNames)))),
    };
}
