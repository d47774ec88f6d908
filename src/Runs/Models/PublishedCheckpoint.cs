using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Models;

/// <summary>The part of a checkpoint that prediction needs. Users of a model do not need the state of its training.</summary>
internal static class PublishedCheckpoint
{
    /// <summary>Name of the file with checksums.</summary>
    public const string SumsFile = "checksums.json";

    /// <summary>The files, besides <see cref="SumsFile"/>.</summary>
    public static readonly IReadOnlyList<string> Files = ["weights.safetensors", "experiment.toml"];

    /// <summary>The checksums of only these files, as JSON.</summary>
    /// <param name="checkpoint">Folder of the whole checkpoint.</param>
    public static string Sums(string checkpoint)
    {
        JsonNode all = JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, SumsFile)))!;
        return new JsonObject(Files.Select(file => KeyValuePair.Create(file, all[file]?.DeepClone()))).ToJsonString(JsonOptions.Indented);
    }
}
