using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The file of TransVW's words, and the order of cases that words are made of.</summary>
internal static class TransVwWords
{
    /// <summary>Reads a file of words.</summary>
    /// <param name="path">The file.</param>
    /// <param name="numWords">Number of classes.</param>
    /// <exception cref="PluginException">The file cannot be read, or a word is wrong.</exception>
    public static IReadOnlyList<CropPlace> Read(string path, int numWords)
    {
        var places = new List<CropPlace>();
        try
        {
            JsonArray list = JsonNode.Parse(File.ReadAllText(path))?["places"]?.AsArray() ?? throw new JsonException("the key 'places' is missing");
            foreach (JsonNode? node in list)
            {
                JsonObject one = node?.AsObject() ?? throw new JsonException($"place {places.Count} is null");
                places.Add(new CropPlace((string?)one["case"] ?? throw new JsonException($"place {places.Count} has no 'case'"), Size(one, "start", places.Count), Size(one, "size", places.Count), (int?)one["class"] ?? throw new JsonException($"place {places.Count} has no 'class'")));
            }
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidOperationException or FormatException or UnauthorizedAccessException)
        {
            throw new PluginException($"The words '{path}' cannot be read: {error.Message.TrimEnd('.')}. Each place needs 'case', 'class', 'start' and 'size'.", error);
        }
        if (places.Count == 0) throw new PluginException($"The words '{path}' have no places.");
        foreach ((int i, CropPlace place) in places.Index())
        {
            if (place.Class < 0 || place.Class >= numWords) throw new PluginException($"Place {i} of '{path}' has the class {place.Class}, and transvw has {numWords} words; raise num_words or correct the file.");
            if (place.Size.X < 1 || place.Size.Y < 1 || place.Size.Z < 1 || place.Start.X < 0 || place.Start.Y < 0 || place.Start.Z < 0)
                throw new PluginException($"Place {i} of '{path}' is no box: its start must not be negative, and its size must be at least 1.");
        }
        return places;
    }

    /// <summary>Orders cases by the Euclidean distance of their features from those of a reference, nearest first. The reference comes first.</summary>
    /// <param name="features">One vector per case.</param>
    /// <param name="reference">Index of the reference.</param>
    public static int[] Nearest(IReadOnlyList<double[]> features, int reference)
    {
        double[] from = features[reference];
        return [.. Enumerable.Range(0, features.Count).OrderBy(i => features[i].Zip(from, (a, b) => (a - b) * (a - b)).Sum())];
    }

    private static Size3 Size(JsonObject place, string key, int index)
    {
        JsonArray numbers = place[key]?.AsArray() ?? throw new JsonException($"place {index} has no '{key}'");
        return numbers.Count == 3 ? new Size3((int)numbers[0]!, (int)numbers[1]!, (int)numbers[2]!) : throw new JsonException($"'{key}' of place {index} is not three numbers");
    }
}
