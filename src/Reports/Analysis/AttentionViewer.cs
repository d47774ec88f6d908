using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Runs.Analysis;

namespace HiEndMae.Reports.Analysis;

/// <summary>Writes the data with which the page shows the attention of any patch: image, organ, and the attention between all patches, as bytes.</summary>
internal static class AttentionViewer
{
    /// <summary>Name of the file in a query's folder.</summary>
    public const string File = "attention.json";

    // Twelve layers with all heads of ViT-B/12 would take 50 MB. The page then shows only means over heads.
    private const long MostBytes = 12L << 20;

    /// <summary>Writes the file of a query.</summary>
    /// <param name="folder">Folder of the query.</param>
    /// <param name="query">The query.</param>
    public static void Write(string folder, MappedQuery query)
    {
        Size3 size = query.Crop.Grid.Size, start = query.Query.Start, voxel = query.Query.Voxel;
        long patches = query.Grid.Count, all = query.Models.Sum(model => model.Layers.Sum(layer => (layer.Heads.Count + 1) * patches * patches));
        Spacing3 spacing = query.Crop.Grid.Affine.Spacing;
        var document = new JsonObject
        {
            ["title"] = $"{query.Case}, {query.Name}",
            ["size"] = Numbers(size),
            ["grid"] = Numbers(query.Grid),
            ["patch"] = Numbers(query.Patch),
            ["spacing"] = new JsonArray(spacing.X, spacing.Y, spacing.Z),
            ["voxel"] = new JsonArray(voxel.X - start.X, voxel.Y - start.Y, voxel.Z - start.Z),
            ["affine"] = new JsonArray([.. Enumerable.Range(0, 12).Select(at => (JsonNode)query.Crop.Grid.Affine[at / 4, at % 4])]),
            ["image"] = Convert.ToBase64String([.. query.Crop.Image.Take((int)size.Count).Select(value => (byte)(Math.Clamp(value, 0f, 1f) * 255))]),
            ["organ"] = query.Organ > 0 ? Convert.ToBase64String(Bits([.. query.Crop.Labels!.Select(label => label == query.Organ)])) : null,
            ["models"] = new JsonArray([.. query.Models.Select(model => (JsonNode)new JsonObject
            {
                ["label"] = model.Label,
                ["layers"] = new JsonArray([.. model.Layers.Select(layer => (JsonNode)Layer(layer, (int)patches, withHeads: all <= MostBytes))]),
            })]),
        };
        AtomicFile.WriteText(Path.Combine(folder, File), document.ToJsonString());
    }

    // Map 0 is the mean over heads. Every row has its own scale, so that flat rows keep their precision.
    private static JsonObject Layer(MappedLayer layer, int patches, bool withHeads)
    {
        float[] mean = new float[layer.Heads[0].Length];
        foreach (float[] head in layer.Heads)
        {
            for (int i = 0; i < mean.Length; i++) mean[i] += head[i] / layer.Heads.Count;
        }
        float[][] maps = withHeads ? [mean, .. layer.Heads] : [mean];
        var bytes = new byte[maps.Length * mean.Length];
        var scales = new JsonArray();
        for (int map = 0; map < maps.Length; map++)
        {
            for (int query = 0; query < patches; query++)
            {
                ReadOnlySpan<float> row = maps[map].AsSpan(query * patches, patches);
                float most = 0, least = float.PositiveInfinity;
                foreach (float value in row) (most, least) = (Math.Max(most, value), Math.Min(least, value));
                int to = (map * mean.Length) + (query * patches);
                for (int key = 0; key < patches; key++) bytes[to + key] = most > least ? (byte)Math.Round((row[key] - least) / (most - least) * 255) : (byte)0;
                scales.Add(Math.Round(least, 6));
                scales.Add(Math.Round(most, 6));
            }
        }
        return new JsonObject { ["title"] = layer.Title, ["maps"] = maps.Length, ["scales"] = scales, ["rows"] = Convert.ToBase64String(bytes) };
    }

    private static JsonArray Numbers(Size3 size) => new(size.X, size.Y, size.Z);

    private static byte[] Bits(bool[] values)
    {
        var bits = new byte[(values.Length + 7) / 8];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i]) bits[i / 8] |= (byte)(1 << (i % 8));
        }
        return bits;
    }
}
