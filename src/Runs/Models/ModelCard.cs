using HiEndMae.Configuration.Shared;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Runs.Models;

/// <summary>Channels and classes of a fine-tuned model: <c>model.json</c> of a run. With it a model can be used without its dataset.</summary>
/// <param name="Channels">Names of the image channels.</param>
/// <param name="Labels">Names of the classes, background first.</param>
internal sealed record ModelCard(IReadOnlyList<string> Channels, IReadOnlyList<string> Labels)
{
    /// <summary>Name in the run directory.</summary>
    public const string FileName = "model.json";

    public static ModelCard Of(DatasetInfo info) => new(info.ChannelNames, info.LabelNames);

    /// <summary>Reads the card of a run.</summary>
    /// <exception cref="UserException">The folder is not a run with a fine-tuned model.</exception>
    public static ModelCard Read(string folder)
    {
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, FileName)))!;
            return new ModelCard([.. json["channels"]!.AsArray().Select(name => name!.GetValue<string>())], [.. json["labels"]!.AsArray().Select(name => name!.GetValue<string>())]);
        }
        catch (Exception error) when (error is IOException or JsonException or NullReferenceException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new UserException($"'{folder}' is not a run with a fine-tuned model: its {FileName} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    public string ToJson() => new JsonObject
    {
        ["channels"] = new JsonArray([.. Channels.Select(name => (JsonNode)name)]),
        ["labels"] = new JsonArray([.. Labels.Select(name => (JsonNode)name)]),
    }.ToJsonString(JsonOptions.Indented);
}
