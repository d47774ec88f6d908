using System.Text.Json;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A <c>dataset.json</c> as the Medical Segmentation Decathlon, MONAI and nnU-Net write it.</summary>
internal sealed class DatasetJson : IDisposable
{
    private readonly JsonDocument json;
    private readonly string path;

    public DatasetJson(string path)
    {
        this.path = path;
        try
        {
            json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Wrong("it is no object");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Names of channels in the order of their numbers: "channel_names" of nnU-Net v2, "modality" of the Decathlon and of v1; "image" if there is neither.</summary>
    public IReadOnlyList<string> Channels()
    {
        if (!json.RootElement.TryGetProperty("channel_names", out JsonElement names) && !json.RootElement.TryGetProperty("modality", out names)) return ["image"];
        return [.. Numbered(names, "channel_names").OrderBy(entry => entry.Number).Select(entry => entry.Name)];
    }

    /// <summary>Classes by their value, background first: {"liver": 1} of nnU-Net v2, or {"1": "liver"} of the Decathlon and of v1.</summary>
    public IReadOnlyList<(int Value, string Name)> Labels()
    {
        if (!json.RootElement.TryGetProperty("labels", out JsonElement labels) || labels.ValueKind != JsonValueKind.Object) throw Wrong("it has no 'labels'");
        var found = new List<(int Value, string Name)>();
        foreach (JsonProperty entry in labels.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int value)) found.Add((value, entry.Name));
            else if (entry.Value.ValueKind == JsonValueKind.String && int.TryParse(entry.Name, out value)) found.Add((value, entry.Value.GetString()!));
            else throw Wrong($"the label '{entry.Name}' has no single value; regions of several are not read");
        }
        if (found.FirstOrDefault(entry => entry.Value is < 0 or > ushort.MaxValue) is { Name: not null } outside) throw Wrong($"the label '{outside.Name}' has the value {outside.Value}");
        if (found.GroupBy(entry => entry.Value).FirstOrDefault(group => group.Skip(1).Any()) is { } twice) throw Wrong($"the label value {twice.Key} has two names");
        if (found.All(entry => entry.Value != 0)) found.Add((0, "background"));
        return [.. found.OrderBy(entry => entry.Value)];
    }

    /// <summary>Class index by value of a label map.</summary>
    public static ushort[] ClassTable(IReadOnlyList<(int Value, string Name)> labels)
    {
        var table = new ushort[ushort.MaxValue + 1];
        for (int index = 1; index < labels.Count; index++) table[labels[index].Value] = (ushort)index;
        return table;
    }

    /// <summary>Returns a string; null if there is none.</summary>
    public string? Text(string key) => json.RootElement.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A list of cases: {"image": ..., "label": ...}, or only the path of the image. An image may be a list with one path per channel.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> Cases(string key)
    {
        if (!json.RootElement.TryGetProperty(key, out JsonElement list) || list.ValueKind != JsonValueKind.Array) return [];
        return [.. list.EnumerateArray().Select((entry, index) => Case(entry, $"{key}[{index}]"))];
    }

    public void Dispose() => json.Dispose();

    private (IReadOnlyList<string> Images, string? Label) Case(JsonElement entry, string place)
    {
        if (entry.ValueKind == JsonValueKind.String) return ([entry.GetString()!], null);
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("image", out JsonElement image)) throw Wrong($"{place} names no image");
        string[] images = image.ValueKind switch
        {
            JsonValueKind.String => [image.GetString()!],
            JsonValueKind.Array when image.GetArrayLength() > 0 && image.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. image.EnumerateArray().Select(one => one.GetString()!)],
            _ => throw Wrong($"{place} names no image"),
        };
        string? label = entry.TryGetProperty("label", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        return (images, label);
    }

    private IEnumerable<(int Number, string Name)> Numbered(JsonElement names, string key)
    {
        if (names.ValueKind != JsonValueKind.Object) throw Wrong($"'{key}' is no object");
        foreach (JsonProperty entry in names.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, out int number) || entry.Value.ValueKind != JsonValueKind.String) throw Wrong($"'{key}' has '{entry.Name}', which is no number with a name");
            yield return (number, entry.Value.GetString()!);
        }
    }

    private VolumeException Wrong(string what) => new($"'{path}' is no description of a dataset: {what}.");
}
