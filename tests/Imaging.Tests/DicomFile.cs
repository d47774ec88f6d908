using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace HiEndMae.Imaging.Tests;

/// <summary>DICOM bytes put together element by element from PS3.5 and PS3.10.</summary>
internal sealed record DicomFile
{
    public const string Implicit = "1.2.840.10008.1.2", Explicit = "1.2.840.10008.1.2.1", Big = "1.2.840.10008.1.2.2", Rle = "1.2.840.10008.1.2.5", Deflated = "1.2.840.10008.1.2.1.99";

    public string Syntax { get; init; } = Explicit;

    public string? Series { get; init; } = "1.2.3";

    public string Frame { get; init; } = "1.2.4";

    public string Modality { get; init; } = "CT";

    public int Columns { get; init; } = 3;

    public int Rows { get; init; } = 2;

    public int Allocated { get; init; } = 16;

    public int Stored { get; init; } = 16;

    public int? HighBit { get; init; }

    public bool IsSigned { get; init; }

    public int Samples { get; init; } = 1;

    public string? Frames { get; init; }

    public string? Orientation { get; init; } = @"1\0\0\0\1\0";

    public string? Position { get; init; } = @"-10\-20\30";

    public string? Spacing { get; init; } = @"0.5\0.75"; // rows, columns

    public string? Thickness { get; init; } = "9";

    public string? Slope { get; init; } = "1";

    public string? Intercept { get; init; } = "-1024";

    /// <summary>Elements of any kind, written before the others of group 0008: nested ones, and what must be stepped over.</summary>
    public byte[] Before { get; init; } = [];

    /// <summary>Elements of any kind, written directly before the pixels: functional groups.</summary>
    public byte[] Groups { get; init; } = [];

    /// <summary>Fragments of encoded pixels, and the table of their offsets; null for one fragment and an empty table.</summary>
    public (byte[] Table, byte[][] Fragments)? Items { get; init; }

    public byte[]? Pixels { get; init; }

    public bool HasPixels { get; init; } = true;

    public long[] Values { get; init; } = [0, 1, 2, 3, 4, 5];

    public byte[] Bytes()
    {
        if (Syntax != Deflated) return Elements();
        byte[] plain = (this with { Syntax = Explicit }).Elements();
        var meta = new List<byte>(new byte[128]);
        meta.AddRange("DICM"u8);
        Add(meta, 0x0002_0010, "UI", Encoding.ASCII.GetBytes(Deflated), Explicit);
        var first = new List<byte>();
        Add(first, 0x0002_0010, "UI", Encoding.ASCII.GetBytes(Explicit), Explicit);
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(plain.AsSpan(132 + first.Count));
        return [.. meta, .. packed.ToArray()];
    }

    private byte[] Elements()
    {
        var file = new List<byte>(new byte[128]);
        file.AddRange("DICM"u8);
        Add(file, 0x0002_0010, "UI", Encoding.ASCII.GetBytes(Syntax), Explicit);
        file.AddRange(Before);
        Text(0x0008_0060, "CS", Modality);
        Text(0x0018_0050, "DS", Thickness);
        Text(0x0020_000E, "UI", Series);
        Text(0x0020_0032, "DS", Position);
        Text(0x0020_0037, "DS", Orientation);
        Text(0x0020_0052, "UI", Frame);
        Number(0x0028_0002, Samples);
        Text(0x0028_0008, "IS", Frames);
        Number(0x0028_0010, Rows);
        Number(0x0028_0011, Columns);
        Text(0x0028_0030, "DS", Spacing);
        Number(0x0028_0100, Allocated);
        Number(0x0028_0101, Stored);
        Number(0x0028_0102, HighBit ?? Stored - 1);
        Number(0x0028_0103, IsSigned ? 1 : 0);
        Text(0x0028_1052, "DS", Intercept);
        Text(0x0028_1053, "DS", Slope);
        file.AddRange(Groups);
        if (!HasPixels) return [.. file];
        if (Syntax != Rle && !Syntax.Contains(".4.", StringComparison.Ordinal))
        {
            Add(file, 0x7FE0_0010, "OW", Pixels ?? Native(), Syntax);
            return [.. file];
        }
        // Items until a delimiter: an empty table of offsets, the frame.
        file.AddRange([0xE0, 0x7F, 0x10, 0, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        (byte[] table, byte[][] fragments) = Items ?? ([], [Pixels ?? RleFrame()]);
        foreach (byte[] item in (byte[][])[table, .. fragments])
        {
            file.AddRange([0xFE, 0xFF, 0, 0xE0]);
            file.AddRange(BitConverter.GetBytes(item.Length));
            file.AddRange(item);
        }
        file.AddRange([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        return [.. file];

        void Text(uint tag, string vr, string? text)
        {
            if (text is not null) Add(file, tag, vr, Encoding.ASCII.GetBytes(text), Syntax);
        }

        void Number(uint tag, int value)
        {
            var bytes = new byte[2];
            if (Syntax == Big) BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
            else BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            Add(file, tag, "US", bytes, Syntax);
        }
    }

    /// <summary>A sequence of items of explicit elements, with known lengths or with delimiters.</summary>
    public static byte[] Sequence(uint tag, bool isDelimited, params byte[][] items)
    {
        byte[] Item(byte[] content) => [0xFE, 0xFF, 0, 0xE0, .. BitConverter.GetBytes(isDelimited ? -1 : content.Length), .. content, .. isDelimited ? (byte[])[0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0] : []];
        byte[] all = [.. items.SelectMany(Item), .. isDelimited ? (byte[])[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0] : []];
        var file = new List<byte>();
        Add(file, tag, "SQ", all, Explicit, isDelimited ? -1 : null);
        return [.. file];
    }

    /// <summary>One element of text.</summary>
    public static byte[] Element(uint tag, string vr, string text)
    {
        var file = new List<byte>();
        Add(file, tag, vr, Encoding.ASCII.GetBytes(text), Explicit);
        return [.. file];
    }

    /// <summary>One element.</summary>
    public static void Add(List<byte> file, uint tag, string vr, byte[] value, string syntax, int? length = null)
    {
        bool isBig = syntax == Big, isImplicit = syntax == Implicit;
        byte[] padded = value.Length % 2 == 0 ? value : [.. value, (byte)(vr == "UI" ? 0 : ' ')];
        int said = length ?? padded.Length;
        Put((int)(tag >> 16), 2);
        Put((int)(tag & 0xFFFF), 2);
        if (!isImplicit) file.AddRange(Encoding.ASCII.GetBytes(vr));
        if (isImplicit)
        {
            Put(said, 4);
        }
        else if (vr is "OB" or "OW" or "SQ" or "UN" or "UT")
        {
            Put(0, 2);
            Put(said, 4);
        }
        else
        {
            Put(said, 2);
        }
        file.AddRange(padded);

        void Put(int number, int width)
        {
            for (int i = 0; i < width; i++) file.Add((byte)(number >> (8 * (isBig ? width - 1 - i : i))));
        }
    }

    public string Save(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Bytes());
        return path;
    }

    /// <summary>A copy at another place along z.</summary>
    public DicomFile At(double z, params long[] values) => this with
    {
        Position = string.Create(CultureInfo.InvariantCulture, $@"-10\-20\{z}"),
        Values = values.Length > 0 ? values : Values,
    };

    private byte[] Native()
    {
        int width = Allocated / 8;
        byte[] bytes = [.. Values.SelectMany(value => Enumerable.Range(0, width).Select(i => (byte)(value >> (8 * (Syntax == Big ? width - 1 - i : i)))))];
        if (Syntax != Big || width > 1) return bytes;
        // Single bytes in 16-bit words, of which the upper one comes first.
        for (int i = 0; i + 1 < bytes.Length; i += 2) (bytes[i], bytes[i + 1]) = (bytes[i + 1], bytes[i]);
        return bytes;
    }

    /// <summary>The values as one RLE frame: highest byte first; runs of three and more as runs, all else literally.</summary>
    public byte[] RleFrame()
    {
        int width = Allocated / 8;
        var segments = new List<byte[]>();
        for (int plane = width - 1; plane >= 0; plane--)
        {
            byte[] bytes = [.. Values.Select(value => (byte)(value >> (8 * plane)))];
            var coded = new List<byte>();
            for (int at = 0; at < bytes.Length;)
            {
                int run = 1;
                while (run < 128 && at + run < bytes.Length && bytes[at + run] == bytes[at]) run++;
                if (run > 2) coded.AddRange([unchecked((byte)(1 - run)), bytes[at]]);
                else coded.AddRange([(byte)(run - 1), .. bytes.AsSpan(at, run).ToArray()]);
                at += run;
            }
            if (coded.Count % 2 != 0) coded.Add(0x80);
            segments.Add([.. coded]);
        }
        var header = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(header, width);
        int start = 64;
        for (int i = 0; i < width; start += segments[i].Length, i++) BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 + 4 * i), start);
        return [.. header, .. segments.SelectMany(segment => segment)];
    }
}
