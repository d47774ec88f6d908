using System.Text.Json.Nodes;
using HiEndMae.Engine.Training;

namespace HiEndMae.Runs.Results;

/// <summary>Writes a training for <c>results.json</c>.</summary>
internal static class TrainingJson
{
    /// <summary>Converts a training to JSON.</summary>
    /// <param name="training">The training.</param>
    /// <param name="folder">The run directory; the path of the checkpoint is relative to it.</param>
    public static JsonObject Write(TrainResult training, string folder)
    {
        var json = new JsonObject
        {
            ["steps"] = training.Steps,
            ["last_loss"] = double.IsFinite(training.LastLoss) ? training.LastLoss : null,
            ["checkpoint"] = Path.GetRelativePath(folder, training.Checkpoint).Replace('\\', '/'),
            ["seconds"] = Math.Round(training.Elapsed.TotalSeconds, 2),
            ["volumes_per_second"] = double.IsFinite(training.VolumesPerSecond) ? Math.Round(training.VolumesPerSecond, 3) : null,
            ["precision"] = training.Precision.ToString().ToLowerInvariant(),
            ["peak_memory_bytes"] = training.PeakMemoryBytes,
            ["bad_steps"] = training.BadSteps,
            ["loss_spikes"] = training.LossSpikes,
            ["time_seconds"] = new JsonObject(training.Seconds.Select(entry => KeyValuePair.Create(Key(entry.Key), (JsonNode?)Math.Round(entry.Value, 3)))),
        };
        if (training.Best is { } best) json["best"] = new JsonObject { ["step"] = best.Step, ["validation_dice"] = best.Dice };
        if (training.LowestLoss is { } lowest) json["best"] = new JsonObject { ["step"] = lowest.Step, ["validation_loss"] = lowest.Loss };
        if (training.EndReason is { } reason) json["end_reason"] = reason;
        return json;
    }

    private static string Key(StepPhase phase) => phase switch
    {
        StepPhase.DataWait => "data_wait",
        _ => phase.ToString().ToLowerInvariant(),
    };
}
