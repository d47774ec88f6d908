using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Runs.Analysis;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Reports.Figures;

/// <summary>Pictures of a query's attention maps: jet at half opacity over the grey image, a red square around the query patch, the organ's outline.</summary>
internal static class AttentionFigures
{
    private const int SliceWidth = 220;

    /// <summary>Writes the pictures of a query into a folder.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <param name="query">The query.</param>
    /// <param name="sharesScale">Whether the maps of a row share one scale. If not, each map goes from its minimum to its maximum, which hides how flat it is.</param>
    public static void Write(string folder, MappedQuery query, bool sharesScale)
    {
        Directory.CreateDirectory(folder);
        int patch = query.Query.Patch;
        foreach (MappedModel model in query.Models)
        {
            string name = FileNames.Safe(model.Label);
            float[][] means = [.. model.Layers.Select(layer => layer.Mean(patch))];
            Planes(Path.Combine(folder, $"{name}-planes.png"), query, model, means, sharesScale);
            Projections(Path.Combine(folder, $"{name}-projections.png"), query, model, means, sharesScale);
            Heads(Path.Combine(folder, $"{name}-heads.png"), query, model, means, sharesScale);
        }
        if (query.Models.Count > 1) Models(Path.Combine(folder, "models.png"), query, sharesScale);
    }

    // Figure 1, row 1: three planes through the query; a column for the image and one per layer.
    private static void Planes(string path, MappedQuery query, MappedModel model, float[][] means, bool shares)
    {
        SlicePlane[] planes = Through(query);
        Panel[] panels = [Image(query, null), .. Heat(query, means, shares)];
        PanelGridWriter.Write(
            path, ["image", .. model.Layers.Zip(means, Title)],
            [.. planes.Zip(["axial", "coronal", "sagittal"], (plane, name) => (name, (IReadOnlyList<(Panel, SlicePlane)>)[.. panels.Select(panel => (panel, plane))]))]);
    }

    // Figure 5: heads and their mean in rows, layers in columns, on the axial plane.
    private static void Heads(string path, MappedQuery query, MappedModel model, float[][] means, bool shares)
    {
        SlicePlane axial = Through(query)[0];
        int heads = model.Layers.Max(layer => layer.Heads.Count);
        var rows = new List<(string, IReadOnlyList<(Panel, SlicePlane)>)> { ("mean", Row(means)) };
        for (int head = 0; head < heads; head++)
        {
            int shown = head;
            rows.Add((string.Create(CultureInfo.InvariantCulture, $"head {head}"), Row([.. model.Layers.Where(layer => shown < layer.Heads.Count).Select(layer => layer.Row(shown, query.Query.Patch))])));
        }
        PanelGridWriter.Write(path, [.. model.Layers.Select(layer => layer.Title)], rows);

        IReadOnlyList<(Panel, SlicePlane)> Row(float[][] maps) => [.. Heat(query, maps, shares).Select(panel => (panel, axial))];
    }

    // Figures 1 and S1: models in rows, layers in columns, on the axial plane.
    private static void Models(string path, MappedQuery query, bool shares)
    {
        SlicePlane axial = Through(query)[0];
        PanelGridWriter.Write(
            path, ["image", .. query.Models[0].Layers.Select(layer => layer.Title)],
            [.. query.Models.Select(model => (model.Label, (IReadOnlyList<(Panel, SlicePlane)>)
                [(Image(query, null), axial), .. Heat(query, [.. model.Layers.Select(layer => layer.Mean(query.Query.Patch))], shares).Select(panel => (panel, axial))]))]);
    }

    // Figure 1, row 2, without a renderer: maximum-intensity projections of map and organ along three axes.
    private static void Projections(string path, MappedQuery query, MappedModel model, float[][] means, bool shares)
    {
        Size3 size = query.Crop.Grid.Size;
        float[] image = query.Crop.Image.AsSpan(0, (int)size.Count).ToArray();
        ushort[]? organ = Organ(query);
        float[][] maps = Scaled(query, means, shares);
        SlicePlane[] whole = SlicePlane.Through3(size, query.Crop.Grid.Affine.Spacing, default, SliceWidth);
        var rows = new List<(string, IReadOnlyList<(Panel, SlicePlane)>)>();
        foreach ((SlicePlane plane, string name) in whole.Zip(["axial", "coronal", "sagittal"]))
        {
            int axis = plane.Through;
            Size3 flat = new(axis == 0 ? 1 : size.X, axis == 1 ? 1 : size.Y, axis == 2 ? 1 : size.Z);
            var shown = new SlicePlane(flat, plane.Across, plane.Up, axis, 0, plane.Width, plane.Height);
            float[] below = Project(image, size, axis);
            ushort[]? outline = organ is null ? null : [.. Project([.. organ.Select(label => (float)label)], size, axis).Select(label => (ushort)label)];
            rows.Add((name, [.. maps.Select(map => (new Panel(flat, below, outline) { Heat = Project(map, size, axis), Style = LabelStyle.Outline }, shown))]));
        }
        PanelGridWriter.Write(path, [.. model.Layers.Zip(means, Title)], rows);
    }

    private static SlicePlane[] Through(MappedQuery query)
    {
        Size3 size = query.Crop.Grid.Size, start = query.Query.Start, voxel = query.Query.Voxel;
        return SlicePlane.Through3(size, query.Crop.Grid.Affine.Spacing, new Size3(voxel.X - start.X, voxel.Y - start.Y, voxel.Z - start.Z), SliceWidth);
    }

    private static IEnumerable<Panel> Heat(MappedQuery query, float[][] maps, bool shares) => Scaled(query, maps, shares).Select(map => Image(query, map));

    private static Panel Image(MappedQuery query, float[]? heat)
    {
        Size3 size = query.Crop.Grid.Size, grid = query.Grid, patch = query.Patch;
        int index = query.Query.Patch;
        var box = new VoxelBox(index / grid.Z / grid.Y * patch.X, index / grid.Z % grid.Y * patch.Y, index % grid.Z * patch.Z, patch);
        return new Panel(size, query.Crop.Image.AsSpan(0, (int)size.Count).ToArray(), Organ(query)) { Heat = heat, Mark = box, Style = LabelStyle.Outline };
    }

    // Only this organ is outlined, because outlines of all organs would hide the map.
    private static ushort[]? Organ(MappedQuery query) =>
        query.Organ > 0 && query.Crop.Labels is { } labels ? [.. labels.Select(label => label == query.Organ ? label : (ushort)0)] : null;

    private static float[][] Scaled(MappedQuery query, float[][] maps, bool shares)
    {
        float[][] voxels = [.. maps.Select(map => MapFiles.Voxels(map, query))];
        (float least, float most) = (voxels.Min(map => map.Min()), voxels.Max(map => map.Max()));
        return [.. voxels.Select(map => shares ? Between(map, least, most) : Between(map, map.Min(), map.Max()))];

        static float[] Between(float[] map, float low, float high) => [.. map.Select(value => high > low ? (value - low) / (high - low) : 0)];
    }

    private static float[] Project(float[] values, Size3 size, int axis)
    {
        Size3 flat = new(axis == 0 ? 1 : size.X, axis == 1 ? 1 : size.Y, axis == 2 ? 1 : size.Z);
        var projected = new float[flat.Count];
        for (int i = 0; i < values.Length; i++)
        {
            int z = axis == 2 ? 0 : i % size.Z, y = axis == 1 ? 0 : i / size.Z % size.Y, x = axis == 0 ? 0 : i / size.Z / size.Y;
            int to = (((x * flat.Y) + y) * flat.Z) + z;
            projected[to] = Math.Max(projected[to], values[i]);
        }
        return projected;
    }

    private static string Title(MappedLayer layer, float[] mean) => string.Create(CultureInfo.InvariantCulture, $"{layer.Title}\n{mean.Min():G3} to {mean.Max():G3}");
}
