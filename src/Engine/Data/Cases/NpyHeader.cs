using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Type and shape of an array in C order, and the NumPy file header that contains them (numpy.lib.format, version 1.0).</summary>
/// <param name="Type">Byte order, kind and bytes of a value, such as "&lt;f2".</param>
/// <param name="Shape">Lengths of the axes; the last one is contiguous.</param>
public sealed record NpyHeader(string Type, IReadOnlyList<int> Shape)
{
    private const int Alignment = 64;
    private const int Prefix = 10; // magic, version, length
    private const long WriteBytes = 1 << 30;
    private static readonly byte[] Start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (count, length) => checked(count * length));

    /// <summary>Bytes of a value.</summary>
    public int ValueBytes => int.Parse(Type.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Bytes of all values.</summary>
    public long Bytes => Count * ValueBytes;

    /// <summary>The header's bytes; their number is a multiple of 64, so that the values after them are aligned.</summary>
    public byte[] ToBytes()
    {
        string shape = string.Concat(Shape.Select(length => string.Create(CultureInfo.InvariantCulture, $"{length}, "))).TrimEnd(' ');
        // Python writes a tuple of one element with a trailing comma.
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
    /// <param name="bytes">First bytes of the file.</param>
    /// <param name="dataOffset">Position of the first value.</param>
    /// <returns>Null if the bytes are no such header.</returns>
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

    /// <summary>Writes an array to a new file and flushes it to the disk.</summary>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written to.</exception>
    public void Write(string path, ReadOnlySpan<byte> values)
    {
        if (values.Length != Bytes) throw new ArgumentException($"{values.Length} bytes do not fill an array of {Count} values of type {Type}.", nameof(values));
        using FileStream file = Create(path);
        file.Write(values);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes an array in native memory to a new file and flushes it to the disk.</summary>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written to.</exception>
    internal unsafe void Write(string path, nint address)
    {
        using FileStream file = Create(path);
        // In parts: a span holds less than 2 GiB.
        for (long at = 0; at < Bytes; at += WriteBytes) file.Write(new ReadOnlySpan<byte>((byte*)address + at, (int)Math.Min(WriteBytes, Bytes - at)));
        // Without the flush, a folder that is renamed just before a power cut may hold a file of zeros.
        file.Flush(flushToDisk: true);
    }

    private FileStream Create(string path)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(ToBytes());
        return file;
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
