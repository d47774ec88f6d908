using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Runs.Models;

/// <summary>The inputs and outputs of a fine-tuned model: <c>model.json</c> of a run. With this file, the model can be used without the dataset.</summary>
/// <param name="Channels">Names of the image channels.</param>
/// <param name="Labels">Names of the classes, background first.</param>
internal sealed record ModelCard(IReadOnlyList<string> Channels, IReadOnlyList<string> Labels)
{
    /// <summary>Name in the run directory.</summary>
    public const string FileName = "model.json";

    /// <summary>The value of each class in written label maps: the dataset's value, or the class index in a run of an earlier version.</summary>
    public IReadOnlyList<int> Values { get; init; } = [.. Enumerable.Range(0, Labels.Count)];

    /// <summary>Whether the card has the values of the dataset. Cards of earlier versions do not.</summary>
    public bool KnowsValues { get; init; } = true;

    /// <summary>Regions that the model predicts; empty if it predicts classes.</summary>
    public IReadOnlyList<LabelRegion> Regions { get; init; } = [];

    /// <summary>Outputs of the network.</summary>
    public int NumOutputs => Regions.Count > 0 ? Regions.Count : Labels.Count;

    /// <summary>Names of what is scored: classes or regions, background first.</summary>
    public IReadOnlyList<string> ScoredNames => Regions.Count > 0 ? [Labels[0], .. Regions.Select(region => region.Name)] : Labels;

    /// <summary>The card of a dataset.</summary>
    public static ModelCard Of(DatasetInfo info) => new(info.ChannelNames, info.LabelNames) { Values = info.LabelValues, Regions = info.Regions };

    /// <summary>Replaces class indices in a label map with the values of the dataset, in place.</summary>
    public Volume<ushort> ToValues(Volume<ushort> classes)
    {
        for (int i = 0; i < classes.Voxels.Length; i++) classes.Voxels[i] = (ushort)Values[classes.Voxels[i]];
        return classes;
    }

    /// <summary>Reads the card of a run.</summary>
    /// <exception cref="UserException">The folder is not a run with a fine-tuned model.</exception>
    public static ModelCard Read(string folder)
    {
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, FileName)))!;
            var card = new ModelCard([.. json["channels"]!.AsArray().Select(name => name!.GetValue<string>())], [.. json["labels"]!.AsArray().Select(name => name!.GetValue<string>())]);
            if (json["values"] is not JsonArray values) return card with { KnowsValues = false };
            card = card with { Values = [.. values.Select(value => value!.GetValue<int>())], Regions = [.. (json["regions"]?.AsArray() ?? []).Select(ReadRegion)] };
            return card.Values.Count == card.Labels.Count && card.Values.All(value => value is >= 0 and <= ushort.MaxValue)
                ? card : throw new InvalidOperationException("'values' must give each of 'labels' a value from 0 to 65535.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || JsonErrors.AreOfContent(error))
        {
            throw new UserException($"'{folder}' is not a run with a fine-tuned model: its {FileName} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    public string ToJson() => new JsonObject
    {
        ["channels"] = new JsonArray([.. Channels.Select(name => (JsonNode)name)]),
        ["labels"] = new JsonArray([.. Labels.Select(name => (JsonNode)name)]),
        ["values"] = new JsonArray([.. Values.Select(value => (JsonNode)value)]),
        ["regions"] = new JsonArray([.. Regions.Select(region => (JsonNode)new JsonObject
        {
            ["name"] = region.Name,
            ["classes"] = new JsonArray([.. region.Classes.Select(index => (JsonNode)index)]),
            ["written_as"] = region.Index,
        })]),
    }.ToJsonString(JsonOptions.Indented);

    private static LabelRegion ReadRegion(JsonNode? json) =>
        new(json!["name"]!.GetValue<string>(), [.. json["classes"]!.AsArray().Select(index => index!.GetValue<int>())], json["written_as"]!.GetValue<int>());
}
