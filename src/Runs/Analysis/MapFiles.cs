using HiEndMae.Configuration.Shared;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;
using HiEndMae.Runs.Directories;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Writes attention maps as NIfTI on the scan's grid, and as numbers.</summary>
internal static class MapFiles
{
    /// <summary>Writes the mean map of every model and layer.</summary>
    /// <param name="folder">Folder of the query.</param>
    /// <param name="query">The query.</param>
    /// <param name="cancel">Stops between files.</param>
    public static void WriteNifti(string folder, MappedQuery query, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        foreach (MappedModel model in query.Models)
        {
            foreach (MappedLayer layer in model.Layers)
            {
                cancel.ThrowIfCancellationRequested();
                Volume<float> onScan = ScanGrid.Place(Voxels(layer.Mean(query.Query.Patch), query), query.Crop.Grid, query.Stored);
                NiftiWriter.Write(Path.Combine(folder, FormattableString.Invariant($"{FileNames.Safe(model.Label)}-layer{layer.Block}.nii.gz")), onScan, cancel);
            }
        }
    }

    /// <summary>Interpolates a map [N] to voxels of the crop, [X, Y, Z].</summary>
    public static float[] Voxels(float[] map, MappedQuery query)
    {
        using DisposeScope scope = NewDisposeScope();
        return AttentionMap.Volume(tensor(map), query.Grid, query.Crop.Grid.Size).data<float>().ToArray();
    }

    /// <summary>Returns positions, raw ranges and preferences.</summary>
    public static JsonObject ToJson(IReadOnlyList<MappedQuery> queries, IReadOnlyList<string> classes) => new()
    {
        ["definition"] = "row of softmax(q k' / sqrt d) of a patch query over the patch keys, whole crop visible; class key left out, row not rescaled. mean: over heads. Preference: the query's share of attention on the "
            + "organ (row rescaled to sum 1) over the organ's share of the crop; 1 is none. Layers are blocks counted from zero.",
        ["queries"] = new JsonArray([.. queries.Select(query => (JsonNode)Query(query, classes))]),
    };

    private static JsonObject Query(MappedQuery query, IReadOnlyList<string> classes) => new()
    {
        ["case"] = query.Case,
        ["query"] = query.Name,
        ["folder"] = $"maps/{query.Folder}",
        ["mm"] = RepresentationJson.Numbers([query.Mm.X, query.Mm.Y, query.Mm.Z]),
        ["patch"] = query.Query.Patch,
        ["crop_first_voxel"] = new JsonArray(query.Query.Start.X, query.Query.Start.Y, query.Query.Start.Z),
        ["organ"] = query.Organ > 0 ? classes[query.Organ] : null,
        ["models"] = new JsonArray([.. query.Models.Select(model => (JsonNode)new JsonObject
        {
            ["label"] = model.Label,
            ["layers"] = new JsonArray([.. model.Layers.Select(layer => (JsonNode)Layer(layer, query.Query.Patch))]),
        })]),
    };

    private static JsonObject Layer(MappedLayer layer, int patch)
    {
        float[] mean = layer.Mean(patch);
        var found = new JsonObject
        {
            ["layer"] = layer.Block,
            ["minimum"] = RepresentationJson.Number(mean.Min()),
            ["maximum"] = RepresentationJson.Number(mean.Max()),
        };
        if (layer.Preference.Count == 0) return found;
        found["preference"] = RepresentationJson.Number(layer.Preference.Average());
        found["preference_by_head"] = RepresentationJson.Numbers(layer.Preference);
        return found;
    }
}
