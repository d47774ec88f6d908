using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>The header of a NumPy file (numpy.lib.format, version 1.0): type and shape of an array in C order, before its values.</summary>
/// <param name="Type">Such as "&lt;f2": byte order, kind, bytes of a value.</param>
/// <param name="Shape">Lengths of the axes, the last one contiguous.</param>
public sealed record NpyHeader(string Type, IReadOnlyList<int> Shape)
{
    private const int Alignment = 64;
    private const int Prefix = 10; // magic, version, length
    private static readonly byte[] Start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Values.</summary>
    public long Count => Shape.Aggregate(1L, (count, length) => checked(count * length));

    /// <summary>Bytes of a value.</summary>
    public int ValueBytes => int.Parse(Type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The header's bytes; values follow at a multiple of 64.</summary>
    public byte[] ToBytes()
    {
        string shape = string.Concat(Shape.Select(length => string.Create(CultureInfo.InvariantCulture, $"{length}, "))).TrimEnd(' ');
        // A tuple of one wants its comma, others do not.
        if (Shape.Count > 1) shape = shape.TrimEnd(',');
        string text = $"{{'descr': '{Type}', 'fortran_order': False, 'shape': ({shape}), }}";
        int length = (Prefix + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] bytes = new byte[length];
        Start.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)(length - Prefix)));
        bytes.AsSpan(Prefix).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(Prefix));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    /// <summary>Reads a header that <see cref="ToBytes"/> wrote.</summary>
    /// <param name="bytes">The beginning of the file.</param>
    /// <param name="dataOffset">Where the values begin.</param>
    /// <returns>Null where it is none.</returns>
    public static NpyHeader? Read(ReadOnlySpan<byte> bytes, out int dataOffset)
    {
        dataOffset = 0;
        if (bytes.Length < Prefix || !bytes.StartsWith(Start)) return null;
        dataOffset = Prefix + BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (dataOffset > bytes.Length) return null;
        string text = Encoding.ASCII.GetString(bytes[Prefix..dataOffset]);
        string? type = Between(text, "'descr': '", "'"), shape = Between(text, "'shape': (", ")");
        if (type is null || type.Length < 3 || shape is null || !text.Contains("'fortran_order': False", StringComparison.Ordinal)) return null;
        string[] parts = shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var lengths = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i])) return null;
        }
        return new NpyHeader(type, lengths);
    }

    /// <summary>Writes an array and has it reach the disk.</summary>
    /// <exception cref="VolumeException">The disk is full, or the folder cannot be written to.</exception>
    public void Write(string path, ReadOnlySpan<byte> values)
    {
        if (values.Length != Count * ValueBytes) throw new ArgumentException($"{values.Length} bytes are no {Type} of {Count} values.", nameof(values));
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(ToBytes());
        file.Write(values);
        // Without this a folder renamed before a power cut may hold a file of zeros.
        file.Flush(flushToDisk: true);
    }

    private static string? Between(string text, string before, string after)
    {
        int from = text.IndexOf(before, StringComparison.Ordinal);
        if (from < 0) return null;
        from += before.Length;
        int to = text.IndexOf(after, from, StringComparison.Ordinal);
        return to < 0 ? null : text[from..to];
    }
}
