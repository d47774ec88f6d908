using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace HiEndMae.Imaging.Tests;

/// <summary>MONAI's chain on a file, step by step; a safetensors file read by the format's own rule.</summary>
internal sealed class PreparationGolden
{
    private readonly byte[] bytes;
    private readonly JsonElement header;
    private readonly int start;

    public PreparationGolden(string name)
    {
        bytes = File.ReadAllBytes(Path.Combine(Folder, name + ".safetensors"));
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        start = 8 + length;
    }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "goldens");

    public Size3 Shape(string step)
    {
        long[] edges = MemoryMarshal.Cast<byte, long>(Raw($"{step}.shape")).ToArray();
        return new Size3((int)edges[0], (int)edges[1], (int)edges[2]);
    }

    public double[] Affine(string step) => MemoryMarshal.Cast<byte, double>(Raw($"{step}.affine")).ToArray();

    public double Sum(string step) => MemoryMarshal.Cast<byte, double>(Raw($"{step}.sum"))[0];

    public double SumOfSquares(string step) => MemoryMarshal.Cast<byte, double>(Raw($"{step}.sum_squares"))[0];

    /// <summary>Every n-th voxel along each axis.</summary>
    public (int Every, float[] Values) Voxels(string step)
    {
        JsonProperty entry = header.EnumerateObject().Single(property => property.Name.StartsWith($"{step}.every_", StringComparison.Ordinal));
        int every = int.Parse(entry.Name.Split("every_")[1].Split("th")[0], System.Globalization.CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> raw = Raw(entry.Name);
        return (every, entry.Value.GetProperty("dtype").GetString() == "U8"
            ? [.. raw.ToArray().Select(value => (float)value)]
            : MemoryMarshal.Cast<byte, float>(raw).ToArray());
    }

    private ReadOnlySpan<byte> Raw(string name)
    {
        JsonElement offsets = header.GetProperty(name).GetProperty("data_offsets");
        return bytes.AsSpan(start + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32());
    }
}
