using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.LabelMaps;

/// <summary>The label values to score, and their names.</summary>
/// <param name="Names">Names by value; empty to score every value that occurs.</param>
internal sealed record LabelNames(IReadOnlyDictionary<int, string> Names)
{
    private const string IgnoredName = "ignore";

    /// <summary>Value of voxels that are scored nowhere; null for none.</summary>
    public int? Ignored { get; init; }

    /// <summary>Overlapping regions with their values, which are scored in place of the values; empty for none.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<int> Values)> Regions { get; init; } = [];

    /// <summary>Scores every value that occurs, without names.</summary>
    public static LabelNames Any { get; } = new(new Dictionary<int, string>());

    /// <summary>Whether a value is scored.</summary>
    public bool Takes(int value) => Names.Count == 0 || Names.ContainsKey(value);

    /// <summary>Returns the name of a value.</summary>
    public string Of(int value) => Names.TryGetValue(value, out string? name) ? name : value == 0 ? "background" : string.Create(CultureInfo.InvariantCulture, $"label {value}");

    /// <summary>Reads <c>spleen=1,liver=5</c>, a model.json, or the dataset.json of nnU-Net or of the Decathlon.</summary>
    /// <exception cref="UserException">The text is none of these.</exception>
    public static LabelNames Parse(string text)
    {
        try
        {
            JsonNode? json = text.Contains('=', StringComparison.Ordinal) && !File.Exists(text) ? null : JsonNode.Parse(File.ReadAllText(text))!;
            Dictionary<int, string> names = json is null ? FromPairs(text) : FromJson(json);
            names.TryAdd(0, "background");
            int[] ignored = [.. names.Where(entry => entry.Value == IgnoredName).Select(entry => entry.Key)];
            foreach (int value in ignored) names.Remove(value);
            return new LabelNames(names) { Ignored = ignored.Length > 0 ? ignored[0] : null, Regions = json is null ? [] : RegionsOf(json) };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException || JsonErrors.AreOfContent(error))
        {
            throw new UserException($"--labels '{text}' is neither NAME=VALUE,NAME=VALUE nor a model.json or dataset.json with labels ({error.Message.TrimEnd('.')}).", error);
        }
    }

    private static Dictionary<int, string> FromPairs(string text)
    {
        var names = new Dictionary<int, string>();
        foreach (string pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int at = pair.LastIndexOf('=');
            if (at < 1) throw new FormatException($"'{pair}' is not NAME=VALUE");
            names.Add(Value(pair[(at + 1)..]), pair[..at].Trim());
        }
        return names;
    }

    private static Dictionary<int, string> FromJson(JsonNode json)
    {
        JsonNode labels = json["labels"]!;
        if (labels is JsonArray list)
        {
            // model.json of an earlier version: label maps of its run have class indices.
            int[] values = json["values"] is JsonArray said ? [.. said.Select(value => value!.GetValue<int>())] : [.. Enumerable.Range(0, list.Count)];
            return list.Zip(values).ToDictionary(entry => entry.Second, entry => entry.First!.GetValue<string>());
        }
        var names = new Dictionary<int, string>();
        foreach ((string key, JsonNode? value) in labels.AsObject())
        {
            if (value is JsonArray several)
            {
                // The single values of a region have no name.
                foreach (JsonNode? one in several) names.TryAdd((int)one!, $"label {(int)one!}");
                continue;
            }
            // The Decathlon maps values to names, nnU-Net maps names to values.
            if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && value is JsonValue word && word.TryGetValue(out string? name)) names.Add(number, name);
            else if (value is JsonValue text && text.TryGetValue(out string? digits)) names.Add(Value(digits), key);
            else if (!names.TryAdd((int)value!, key) && !HasRegions(labels)) throw new FormatException($"the value {(int)value!} has two names");
        }
        return names;
    }

    private static bool HasRegions(JsonNode labels) => labels is JsonObject named && named.Any(entry => entry.Value is JsonArray);

    // Reads the regions of model.json, or of nnU-Net's dataset.json. In the latter, every label is a region if any label has several values.
    private static IReadOnlyList<(string Name, IReadOnlyList<int> Values)> RegionsOf(JsonNode json)
    {
        if (json["regions"] is JsonArray regions)
        {
            int[] values = [.. json["values"]!.AsArray().Select(value => value!.GetValue<int>())];
            return [.. regions.Select(region => (region!["name"]!.GetValue<string>(), (IReadOnlyList<int>)[.. region["classes"]!.AsArray().Select(index => values[index!.GetValue<int>()])]))];
        }
        if (json["labels"] is not { } labels || !HasRegions(labels)) return [];
        return [.. labels.AsObject().Where(entry => entry.Key != IgnoredName && (entry.Value is JsonArray || (int)entry.Value! != 0))
            .Select(entry => (entry.Key, (IReadOnlyList<int>)(entry.Value is JsonArray several ? [.. several.Select(one => (int)one!)] : [(int)entry.Value!])))];
    }

    private static int Value(string text)
    {
        int value = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return value <= ushort.MaxValue ? value : throw new FormatException($"{value} is larger than 65535");
    }
}
