using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A folder of the cache: image.npy, label.npy, rows.npy, and case.json, which says what they are.</summary>
internal static class CacheEntry
{
    // Changes with the meaning of the files: entries of another version are never opened, and grow old.
    private const string Version = "hiendmae-case-1";
    public const string CardName = "case.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Name of the folder of a case: what it is made of and how.</summary>
    public static string KeyOf(string contentKey, string preparation) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Version}\n{contentKey}\n{preparation}")))[..40];

    /// <summary>Writes the files into an empty folder.</summary>
    public static void Write(string folder, PackedCase source, string contentKey, string preparation)
    {
        Image(source.Channels, source.Size).Write(Path.Combine(folder, "image.npy"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<ushort>(source.Image));
        if (source.HasLabel) Label(source.Size, source.WideLabels).Write(Path.Combine(folder, "label.npy"), source.Label);
        Rows(source.Size).Write(Path.Combine(folder, "rows.npy"), System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(source.Rows));
        Affine affine = source.Affine;
        var card = new JsonObject
        {
            ["version"] = Version,
            ["id"] = source.Id,
            ["channels"] = source.Channels,
            ["size"] = new JsonArray(source.Size.X, source.Size.Y, source.Size.Z),
            ["label_bytes"] = source.HasLabel ? source.WideLabels ? 2 : 1 : 0,
            ["affine"] = new JsonArray([.. Enumerable.Range(0, 3).Select(row => (JsonNode)new JsonArray([.. Enumerable.Range(0, 4).Select(column => (JsonNode)affine[row, column])]))]),
            ["content"] = contentKey,
            ["preparation"] = preparation,
        };
        using var file = new FileStream(Path.Combine(folder, CardName), FileMode.CreateNew, FileAccess.Write);
        file.Write(Encoding.UTF8.GetBytes(card.ToJsonString(Indented)));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Maps the files.</summary>
    /// <exception cref="InvalidDataException">They are not what case.json says.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static StoredCase Open(string folder, string id)
    {
        (int channels, Size3 size, int labelBytes) = ReadCard(Path.Combine(folder, CardName));
        var opened = new List<MappedArray>();
        try
        {
            MappedArray image = Add("image.npy", Image(channels, size)), rows = Add("rows.npy", Rows(size));
            MappedArray? label = labelBytes == 0 ? null : Add("label.npy", Label(size, labelBytes == 2));
            return new StoredCase(id, size, channels, image.Address, label?.Address ?? 0, labelBytes == 2, rows.Address, [.. opened]);
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

    private static (int Channels, Size3 Size, int LabelBytes) ReadCard(string path)
    {
        try
        {
            using var card = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = card.RootElement;
            int[] size = [.. root.GetProperty("size").EnumerateArray().Select(edge => edge.GetInt32())];
            if (root.GetProperty("version").GetString() != Version || size.Length != 3 || size.Any(edge => edge < 1)) throw new InvalidDataException($"'{path}' is of another version.");
            return (root.GetProperty("channels").GetInt32(), new Size3(size[0], size[1], size[2]), root.GetProperty("label_bytes").GetInt32());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"'{path}' is no description of a prepared case.", error);
        }
    }

    private static NpyHeader Image(int channels, Size3 size) => new("<f2", [channels, size.X, size.Y, size.Z]);

    private static NpyHeader Label(Size3 size, bool wide) => new(wide ? "<u2" : "|u1", [size.X, size.Y, size.Z]);

    private static NpyHeader Rows(Size3 size) => new("<i4", [2, checked(size.X * size.Y + 1)]);
}
