using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Tracking;

/// <summary>The tracking information that a sweep passes to the process of a stage, as a part of <c>stage.json</c>.</summary>
/// <param name="Label">Name of the stage for people, such as "pretrain (pretrain.mask_ratio=0.9)".</param>
/// <param name="Parameters">Every key that determines the stage, including the keys of the stage before it.</param>
internal sealed record JobRecord(string Label, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Name in the stage's folder.</summary>
    public const string FileName = "stage.json";

    /// <summary>The key of the parameters in the file.</summary>
    public const string ParametersKey = "parameters";

    /// <summary>Reads the record in a stage's folder; null if the run does not belong to a sweep.</summary>
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
            return null; // written by an earlier version of the program
        }
    }
}
