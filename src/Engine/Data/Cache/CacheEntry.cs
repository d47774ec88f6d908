using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>One folder of the disk cache: image.npy, label.npy, rows.npy, and case.json, which describes them.</summary>
internal static class CacheEntry
{
    public const string CardName = "case.json";
    private const string ImageName = "image.npy", LabelName = "label.npy", RowsName = "rows.npy";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes a case into an empty folder.</summary>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written to.</exception>
    public static unsafe void Write(string folder, PreparedCase source, CaseKey key)
    {
        CaseLayout layout = source.Layout;
        layout.Image.Write(Path.Combine(folder, ImageName), (nint)source.Image);
        if (layout.HasLabel) layout.Label.Write(Path.Combine(folder, LabelName), source.Label);
        layout.RowCounts.Write(Path.Combine(folder, RowsName), source.RowCounts);
        var card = new JsonObject
        {
            ["version"] = CaseKey.Version,
            ["id"] = source.Id,
            ["channels"] = layout.Channels,
            ["signed"] = layout.IsSigned,
            ["size"] = SizeOf(layout.Grid),
            ["affine"] = AffineOf(layout.Grid),
            ["label_bytes"] = layout.LabelBytes,
            ["stored_size"] = SizeOf(layout.Stored),
            ["stored_affine"] = AffineOf(layout.Stored),
            ["notes"] = new JsonArray([.. source.Findings.Notes.Select(note => (JsonNode)note)]),
            ["class_voxels"] = new JsonArray([.. source.Findings.ClassVoxels.Select(count => (JsonNode)count)]),
            ["content"] = key.Content,
            ["preparation"] = key.Preparation,
        };
        using var file = new FileStream(Path.Combine(folder, CardName), FileMode.CreateNew, FileAccess.Write);
        file.Write(Encoding.UTF8.GetBytes(card.ToJsonString(Indented)));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Maps the files of an entry.</summary>
    /// <exception cref="InvalidDataException">The files are not what case.json says.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static PreparedCase Open(string folder, string id)
    {
        (CaseLayout layout, CaseFindings findings) = ReadCard(Path.Combine(folder, CardName));
        var opened = new List<MappedArray>();
        try
        {
            MappedArray image = Add(ImageName, layout.Image), rows = Add(RowsName, layout.RowCounts);
            MappedArray? label = layout.HasLabel ? Add(LabelName, layout.Label) : null;
            return new PreparedCase(id, layout, image, label, rows) { Findings = findings };
        }
        catch
        {
            foreach (MappedArray one in opened) one.Dispose();
            throw;
        }

        MappedArray Add(string name, NpyHeader header)
        {
            opened.Add(MappedArray.Open(Path.Combine(folder, name), header));
            return opened[^1];
        }
    }

    private static (CaseLayout Layout, CaseFindings Findings) ReadCard(string path)
    {
        try
        {
            using var card = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = card.RootElement;
            if (root.GetProperty("version").GetString() != CaseKey.Version) throw new InvalidDataException($"'{path}' is of another version.");
            var findings = new CaseFindings(
                [.. root.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)], [.. root.GetProperty("class_voxels").EnumerateArray().Select(count => count.GetInt64())]);
            return (new CaseLayout(GridOf(root, ""), GridOf(root, "stored_"), root.GetProperty("channels").GetInt32(), root.GetProperty("label_bytes").GetInt32()) { IsSigned = root.GetProperty("signed").GetBoolean() }, findings);
        }
        catch (Exception error) when (error is IndexOutOfRangeException || JsonErrors.AreOfContent(error))
        {
            throw new InvalidDataException($"'{path}' does not describe a prepared case.", error);
        }

        VolumeGrid GridOf(JsonElement root, string prefix)
        {
            int[] size = [.. root.GetProperty(prefix + "size").EnumerateArray().Select(edge => edge.GetInt32())];
            if (size.Length != 3 || size.Any(edge => edge < 1)) throw new InvalidDataException($"'{path}' does not describe a prepared case.");
            var rows = new double[3, 4];
            for (int row = 0; row < 3; row++)
            {
                for (int column = 0; column < 4; column++) rows[row, column] = root.GetProperty(prefix + "affine")[row][column].GetDouble();
            }
            return new VolumeGrid(new Size3(size[0], size[1], size[2]), Affine.FromRows(rows));
        }
    }

    private static JsonArray SizeOf(VolumeGrid grid) => new(grid.Size.X, grid.Size.Y, grid.Size.Z);

    private static JsonArray AffineOf(VolumeGrid grid) =>
        new([.. Enumerable.Range(0, 3).Select(row => (JsonNode)new JsonArray([.. Enumerable.Range(0, 4).Select(column => (JsonNode)grid.Affine[row, column])]))]);
}
