using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>A golden file: metadata and tensors of a safetensors file, read by the format's own rule (length, JSON header, bytes).</summary>
internal sealed class Golden
{
    private readonly byte[] bytes;
    private readonly JsonElement header;
    private readonly int start;

    public Golden(string path)
    {
        bytes = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        start = 8 + length;
    }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "goldens");

    /// <summary>Asserts that no value is further from the golden's than a part of its largest value.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        double scale = expected.abs().max().to(ScalarType.Float64).item<double>();
        double difference = (expected - actual).abs().max().to(ScalarType.Float64).item<double>();
        Assert.True(difference <= relative * scale, $"largest difference {difference}, largest value {scale}");
    }

    public IEnumerable<string> Names => header.EnumerateObject().Select(entry => entry.Name).Where(name => name != "__metadata__");

    public string Meta(string key) => header.GetProperty("__metadata__").GetProperty(key).GetString()!;

    public int MetaInt(string key) => int.Parse(Meta(key), CultureInfo.InvariantCulture);

    public double MetaDouble(string key) => double.Parse(Meta(key), CultureInfo.InvariantCulture);

    public int[] MetaInts(string key) => [.. Meta(key).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    public bool Has(string name) => header.TryGetProperty(name, out _);

    public Tensor this[string name]
    {
        get
        {
            JsonElement entry = header.GetProperty(name);
            long[] shape = [.. entry.GetProperty("shape").EnumerateArray().Select(edge => edge.GetInt64())];
            int from = entry.GetProperty("data_offsets")[0].GetInt32(), to = entry.GetProperty("data_offsets")[1].GetInt32();
            Tensor result = empty(shape, entry.GetProperty("dtype").GetString() switch
            {
                "F32" => ScalarType.Float32,
                "F64" => ScalarType.Float64,
                "I64" => ScalarType.Int64,
                "U8" => ScalarType.Byte,
                var other => throw new InvalidDataException($"golden of type {other}"),
            });
            bytes.AsSpan(start + from, to - from).CopyTo(result.bytes);
            return result;
        }
    }
}
