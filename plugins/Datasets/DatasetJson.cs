using System.Globalization;
using System.Text;
using System.Text.Json;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A <c>dataset.json</c> as the Medical Segmentation Decathlon, MONAI and nnU-Net write it.</summary>
internal sealed class DatasetJson : IDisposable
{
    private const string IgnoredName = "ignore";
    private readonly JsonDocument json;
    private readonly string path;

    public DatasetJson(string path)
    {
        this.path = path;
        try
        {
            json = JsonDocument.Parse(WithoutMark(File.ReadAllBytes(path)), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Wrong("it is not a JSON object");
            if (!IsUnicode(json.RootElement)) throw Wrong("it has a text that is no Unicode; save it as UTF-8");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Channel names from "channel_names" (nnU-Net v2) or "modality" (Decathlon, nnU-Net v1), in the order of their numbers, or the name of the one channel; "image" if the file has neither key.</summary>
    public IReadOnlyList<string> Channels()
    {
        string key = json.RootElement.TryGetProperty("channel_names", out JsonElement names) ? "channel_names" : "modality";
        if (key == "modality" && !json.RootElement.TryGetProperty(key, out names)) return ["image"];
        if (names.ValueKind == JsonValueKind.String) return [names.GetString()!];
        return [.. Numbered(names, key).OrderBy(entry => entry.Number).Select(entry => entry.Name)];
    }

    /// <summary>Reads the classes: {"liver": 1} in nnU-Net v2, where the value may also be a text, or {"1": "liver"} in the Decathlon and in v1. As in nnU-Net, a label named "ignore" stands for
    /// voxels that nobody has labelled. Also as in nnU-Net, if any label has several values, every label is a region, and "regions_class_order" has the values for predictions.</summary>
    /// <param name="regions">Regions of the config, which replace those of the file; empty for none.</param>
    /// <param name="ignored">Value of voxels that nobody has labelled, if the config gives one; otherwise null.</param>
    /// <param name="place">Folder of the dataset, for messages.</param>
    public LabelTable Labels(IReadOnlyList<RegionEntry> regions, int? ignored, string place)
    {
        if (!json.RootElement.TryGetProperty("labels", out JsonElement labels) || labels.ValueKind != JsonValueKind.Object) throw Wrong("it has no 'labels'");
        var found = new List<(int[] Values, string Name)>();
        foreach (JsonProperty entry in labels.EnumerateObject()) found.Add(Label(entry));
        if (found.FirstOrDefault(entry => entry.Values.Any(value => value is < 0 or > ushort.MaxValue)) is { Name: not null } outside)
            throw Wrong($"the label '{outside.Name}' has the value {outside.Values.First(value => value is < 0 or > ushort.MaxValue)}");
        string background = found.FirstOrDefault(entry => entry.Values is [0]).Name ?? LabelTable.Background;
        foreach ((int[] values, _) in found.Where(entry => entry.Name == IgnoredName)) ignored ??= values[0];
        (int[] Values, string Name)[] classes = [.. found.Where(entry => entry.Values is not [0] && entry.Name != IgnoredName)];
        if (classes.Any(entry => entry.Values.Length > 1))
        {
            int[] order = Order(classes.Length);
            if (regions.Count == 0) regions = [.. classes.Select((entry, at) => new RegionEntry { Name = entry.Name, Ids = entry.Values, Value = order[at] })];
            classes = [];
        }
        if (classes.GroupBy(entry => entry.Values[0]).FirstOrDefault(group => group.Skip(1).Any()) is { } twice) throw Wrong($"the label value {twice.Key} has two names");
        return LabelTable.WithRegions(
            [.. classes.OrderBy(entry => entry.Values[0]).Select(entry => (entry.Name, (IReadOnlyList<int>)entry.Values))], regions, ignored, othersAreBackground: false, place, background);
    }

    private (int[] Values, string Name) Label(JsonProperty entry)
    {
        JsonElement value = entry.Value;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)) return ([number], entry.Name);
        if (value.ValueKind == JsonValueKind.String && int.TryParse(entry.Name, NumberStyles.Integer, CultureInfo.InvariantCulture, out number)) return ([number], value.GetString()!);
        if (value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out number)) return ([number], entry.Name);
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt32(out _)))
            return ([.. value.EnumerateArray().Select(one => one.GetInt32())], entry.Name);
        throw Wrong($"the label '{entry.Name}' has neither a value nor a list of values");
    }

    private int[] Order(int count)
    {
        if (!json.RootElement.TryGetProperty("regions_class_order", out JsonElement order) || order.ValueKind != JsonValueKind.Array) throw Wrong("it has regions, but no 'regions_class_order' of the values that predictions get");
        int[] values = [.. order.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.Number && one.TryGetInt32(out int value) ? value : throw Wrong("'regions_class_order' has something that is no whole number"))];
        return values.Length == count ? values : throw Wrong($"'regions_class_order' has {values.Length} values for {count} regions");
    }

    /// <summary>Warns if the description declares another number of training cases than there are.</summary>
    public void WarnOfCounts(int found, Action<string> warn)
    {
        if (json.RootElement.TryGetProperty("numTraining", out JsonElement said) && said.ValueKind == JsonValueKind.Number && said.TryGetInt32(out int declared) && declared != found)
            warn($"'{path}' declares {declared} training cases (numTraining), but there are {found}.");
    }

    /// <summary>The training cases that nnU-Net's key "dataset" lists, with paths relative to the folder; null without that key.</summary>
    public IReadOnlyDictionary<string, (IReadOnlyList<string> Images, string? Label)>? ListedCases()
    {
        if (!json.RootElement.TryGetProperty("dataset", out JsonElement cases)) return null;
        if (cases.ValueKind != JsonValueKind.Object) throw Wrong("'dataset' is not an object of cases");
        var found = new Dictionary<string, (IReadOnlyList<string>, string?)>(StringComparer.Ordinal);
        foreach (JsonProperty entry in cases.EnumerateObject())
        {
            if (!found.TryAdd(entry.Name, Case(entry.Value, $"dataset.{entry.Name}", "images"))) throw Wrong($"'dataset' names the case '{entry.Name}' twice");
        }
        return found;
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

    private (IReadOnlyList<string> Images, string? Label) Case(JsonElement entry, string place, string key = "image")
    {
        if (entry.ValueKind == JsonValueKind.String) return ([entry.GetString()!], null);
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(key, out JsonElement image)) throw Wrong($"{place} names no image");
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
        if (names.ValueKind != JsonValueKind.Object) throw Wrong($"'{key}' is not an object");
        foreach (JsonProperty entry in names.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, out int number) || entry.Value.ValueKind != JsonValueKind.String) throw Wrong($"'{key}' has '{entry.Name}', which is not a number with a name");
            yield return (number, entry.Value.GetString()!);
        }
    }

    // Windows editors put a byte order mark in front of a text, and PowerShell writes UTF-16.
    private static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => bytes.AsMemory(3),
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2)),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2)),
        _ => bytes,
    };

    // JsonDocument accepts texts of any bytes, and fails when they are read.
    private static bool IsUnicode(JsonElement element)
    {
        try
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object: return element.EnumerateObject().All(entry => entry.Name is not null && IsUnicode(entry.Value));
                case JsonValueKind.Array: return element.EnumerateArray().All(IsUnicode);
                case JsonValueKind.String: return element.GetString() is not null;
                default: return true;
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private VolumeException Wrong(string what) => new($"'{path}' is not a description of a dataset: {what}.");
}
