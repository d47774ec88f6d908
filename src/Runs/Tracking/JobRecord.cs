using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Tracking;

/// <summary>What a sweep tells the process of one of its stages for tracking: a part of <c>stage.json</c>.</summary>
/// <param name="Label">Name of the stage for people, such as "pretrain (pretrain.mask_ratio=0.9)".</param>
/// <param name="Parameters">Every key that made the stage, those of the stage before it included.</param>
internal sealed record JobRecord(string Label, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Name in the stage's folder.</summary>
    public const string FileName = "stage.json";

    /// <summary>The key of the parameters in the file.</summary>
    public const string ParametersKey = "parameters";

    /// <summary>The record of a stage's folder; null where the run is not a sweep's.</summary>
    public static JobRecord? Read(string folder)
    {
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, FileName)))!;
            return new JobRecord(
                json["label"]!.GetValue<string>(),
                json[ParametersKey]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>(), StringComparer.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || JsonErrors.AreOfContent(error))
        {
            return null; // of an earlier version of the program
        }
    }
}
