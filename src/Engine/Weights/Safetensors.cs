using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights;

/// <summary>The safetensors format: a length, a JSON header, raw little-endian tensors.</summary>
/// <remarks>Source: github.com/huggingface/safetensors, README. Writes tensors of any device; reads CPU tensors.</remarks>
public static class Safetensors
{
    private const int LongestHeader = 100_000_000;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64, ["F32"] = ScalarType.Float32, ["F16"] = ScalarType.Float16, ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64, ["I32"] = ScalarType.Int32, ["I16"] = ScalarType.Int16, ["I8"] = ScalarType.Int8, ["U8"] = ScalarType.Byte, ["BOOL"] = ScalarType.Bool,
    };

    /// <summary>Writes a file of tensors, in the order of their names, and flushes it to the disk.</summary>
    /// <param name="path">The file, overwritten.</param>
    /// <param name="tensors">By name.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Write(file, tensors, metadata);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes tensors in the order of their names, one at a time. Tensors on a GPU are copied one by one, those on the CPU are not copied.</summary>
    /// <param name="stream">Receives the bytes.</param>
    /// <param name="tensors">By name.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>.</param>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, Tensor>[] ordered = [.. tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in ordered)
        {
            using DisposeScope scope = NewDisposeScope();
            stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>Reads every tensor; they belong to the current dispose scope.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Entries.ToDictionary(entry => entry.Name, file.Read, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw error is FileNotFoundException or DirectoryNotFoundException
                ? new CheckpointException($"The file of weights '{path}' does not exist.", error)
                : Broken(path, error.Message.TrimEnd('.'));
        }
    }

    /// <summary>Reads the JSON header and leaves the stream after it.</summary>
    internal static byte[] ReadHeader(string path, FileStream file)
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size is < 2 or > LongestHeader || size > file.Length - 8) throw Broken(path, "its header has an impossible length");
        var header = new byte[size];
        file.ReadExactly(header);
        return header;
    }

    /// <summary>Reads type, shape and position of a tensor and checks them against the length of the file before anything is allocated.</summary>
    internal static (ScalarType Type, long[] Shape, long From, long To) ReadEntry(string path, FileStream file, long start, JsonProperty entry)
    {
        string type = entry.Value.GetProperty("dtype").GetString() ?? "";
        string name = HiEndMae.Configuration.NearestName.Shorten(entry.Name);
        if (!Types.TryGetValue(type, out ScalarType scalar)) throw Broken(path, $"'{name}' has the unknown type '{HiEndMae.Configuration.NearestName.Shorten(type)}'");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(edge => edge.GetInt64())];
        long from = entry.Value.GetProperty("data_offsets")[0].GetInt64(), to = entry.Value.GetProperty("data_offsets")[1].GetInt64();
        if (shape.Any(edge => edge < 0) || from < 0 || to < from || to > file.Length - start) throw Broken(path, $"'{name}' is outside of the file");
        long count = shape.Aggregate(1L, (product, edge) => checked(product * edge));
        if (checked(count * SizeOf(scalar)) != to - from) throw Broken(path, $"'{name}' has {to - from} bytes, which does not match its shape");
        return (scalar, shape, from, to);
    }

    /// <summary>Returns the number of bytes of an element.</summary>
    internal static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Float64 or ScalarType.Int64 => 8,
        ScalarType.Float32 or ScalarType.Int32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Int16 => 2,
        _ => 1,
    };

    /// <summary>Whether an exception is caused by the content of a file.</summary>
    internal static bool IsOfTheFile(Exception error) =>
        error is EndOfStreamException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException or IndexOutOfRangeException;

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
            long at = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long bytes = tensor.numel() * tensor.ElementSize;
                json.WriteStartObject(name);
                json.WriteString("dtype", Types.First(entry => entry.Value == tensor.dtype).Key);
                json.WriteStartArray("shape");
                foreach (long edge in tensor.shape) json.WriteNumberValue(edge);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at + bytes);
                json.WriteEndArray();
                json.WriteEndObject();
                at += bytes;
            }
            json.WriteEndObject();
        }
        // The format requires that tensors start at a multiple of eight.
        int padded = (int)(memory.Length + 7) / 8 * 8;
        byte[] header = new byte[padded];
        memory.ToArray().CopyTo(header, 0);
        header.AsSpan((int)memory.Length).Fill((byte)' ');
        return header;
    }

    internal static CheckpointException Broken(string path, string what) => new($"The file of weights '{path}' is damaged: {what}.");
}
