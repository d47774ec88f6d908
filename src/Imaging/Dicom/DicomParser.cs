using System.Buffers.Binary;
using System.Text;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads the elements of a file up to its pixels (PS3.5, PS3.10). What is nested is stepped over; no value longer than a few lines is kept.</summary>
internal sealed class DicomParser
{
    private const int Preamble = 128, LongestValue = 4096, DeepestNesting = 32;
    private const uint Undefined = uint.MaxValue;
    private readonly FileStream stream;
    private readonly string path;
    private readonly Dictionary<uint, byte[]> values = [];
    private readonly byte[] scratch = new byte[8];
    private bool isExplicit = true, isBigEndian, hasModalityLut, hasWords;
    private long pixelOffset;
    private long? pixelLength;

    private DicomParser(FileStream stream, string path)
    {
        this.stream = stream;
        this.path = path;
    }

    /// <summary>Whether a file begins as DICOM files do; the stream goes back to its start.</summary>
    public static bool IsDicom(FileStream stream)
    {
        Span<byte> mark = stackalloc byte[4];
        stream.Position = Math.Min(Preamble, stream.Length);
        bool isDicom = stream.ReadAtLeast(mark, 4, throwOnEndOfStream: false) == 4 && mark.SequenceEqual("DICM"u8);
        stream.Position = 0;
        return isDicom;
    }

    /// <summary>Parses up to the pixels, or to the end of a file without any.</summary>
    /// <exception cref="VolumeException">It is no DICOM file, or broken.</exception>
    public static DicomHeader Parse(FileStream stream, string path)
    {
        if (!IsDicom(stream)) throw new VolumeException($"'{path}' is no DICOM file: it does not begin with a preamble and the letters DICM.");
        stream.Position = Preamble + 4;
        return new DicomParser(stream, path).Parse();
    }

    private DicomHeader Parse()
    {
        long start;
        // The file's own group is always explicit and little endian.
        do
        {
            start = stream.Position;
            if (stream.Length - start < 8) break;
            if ((ReadTag() >> 16) != 2)
            {
                stream.Position = start;
                break;
            }
            stream.Position = start;
        }
        while (ReadElement(0));
        if (!values.TryGetValue(DicomTag.TransferSyntax, out byte[]? uid)) throw new VolumeException($"'{path}' does not say its transfer syntax: it is no whole DICOM file.");
        string name = Encoding.Latin1.GetString(uid).Trim(' ', '\0');
        DicomTransferSyntax syntax = DicomTransferSyntax.Of(name);
        (isExplicit, isBigEndian) = (syntax.IsExplicit, syntax.IsBigEndian);
        if (syntax.IsParsed)
        {
            while (stream.Position < stream.Length && ReadElement(0))
            {
            }
        }
        return new DicomHeader(path, values)
        {
            SyntaxUid = name,
            Syntax = syntax,
            PixelOffset = pixelOffset,
            PixelLength = pixelLength,
            HasWords = hasWords,
            HasModalityLut = hasModalityLut,
            FileLength = stream.Length,
        };
    }

    // False at the pixels (depth 0) or at the end of an item.
    private bool ReadElement(int depth)
    {
        uint tag = ReadTag();
        if (tag is DicomTag.Item or DicomTag.ItemEnd or DicomTag.SequenceEnd)
        {
            uint itemLength = ReadUInt32();
            if (tag == DicomTag.ItemEnd && depth > 0 && itemLength == 0) return false;
            throw Broken(tag, "stands where no item is");
        }
        (uint length, bool isSequence, bool isUnknown) = ReadLength(tag);
        if (tag == DicomTag.PixelData && depth == 0)
        {
            pixelOffset = stream.Position;
            pixelLength = length == Undefined ? null : length;
            return false;
        }
        if (depth == 0 && tag == DicomTag.ModalityLut) hasModalityLut = true;
        if (length == Undefined)
        {
            if (isExplicit && !isSequence && !isUnknown) throw Broken(tag, "has no length");
            SkipSequence(depth + 1, isUnknown);
            return true;
        }
        if (length > stream.Length - stream.Position) throw new VolumeException($"'{path}' is cut off, or broken: its element {DicomTag.Text(tag)} says {length} bytes, and {stream.Length - stream.Position} follow.");
        if (depth == 0 && DicomTag.IsRead(tag) && length <= LongestValue)
        {
            var value = new byte[length];
            stream.ReadExactly(value);
            values[tag] = value;
        }
        else
        {
            stream.Position += length;
        }
        return true;
    }

    private (uint Length, bool IsSequence, bool IsUnknown) ReadLength(uint tag)
    {
        if (!isExplicit) return (ReadUInt32(), true, false);
        Fill(4);
        (byte first, byte second) = (scratch[0], scratch[1]);
        if (first is < (byte)'A' or > (byte)'Z' || second is < (byte)'A' or > (byte)'Z') throw Broken(tag, "has no value representation");
        bool isLong = (first, second) is ((byte)'O', _) or ((byte)'S', (byte)'Q' or (byte)'V') or ((byte)'U', (byte)'C' or (byte)'N' or (byte)'R' or (byte)'T' or (byte)'V');
        if (tag == DicomTag.PixelData) hasWords = (first, second) is ((byte)'O', (byte)'W');
        if (!isLong) return (isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(scratch.AsSpan(2)) : BinaryPrimitives.ReadUInt16LittleEndian(scratch.AsSpan(2)), false, false);
        return (ReadUInt32(), (first, second) is ((byte)'S', (byte)'Q'), (first, second) is ((byte)'U', (byte)'N'));
    }

    private void SkipSequence(int depth, bool isUnknown)
    {
        if (depth > DeepestNesting) throw new VolumeException($"'{path}' is broken: its sequences are nested without end.");
        bool outer = isExplicit;
        // An unknown sequence is written implicitly, whatever surrounds it (PS3.5, 6.2.2).
        if (isUnknown) isExplicit = false;
        while (true)
        {
            uint tag = ReadTag(), length = ReadUInt32();
            if (tag == DicomTag.SequenceEnd) break;
            if (tag != DicomTag.Item) throw Broken(tag, "stands where an item should");
            if (length != Undefined)
            {
                if (length > stream.Length - stream.Position) throw new VolumeException($"'{path}' is cut off, or broken: an item says {length} bytes, and {stream.Length - stream.Position} follow.");
                stream.Position += length;
                continue;
            }
            bool before = isExplicit;
            if (isExplicit && IsImplicitHere()) isExplicit = false;
            while (ReadElement(depth))
            {
            }
            isExplicit = before;
        }
        isExplicit = outer;
    }

    // Some writers leave out the value representations inside a sequence of an explicit file. Two capital letters say that they are there.
    private bool IsImplicitHere()
    {
        long start = stream.Position;
        uint tag = ReadTag();
        Fill(2);
        stream.Position = start;
        return tag != DicomTag.ItemEnd && (scratch[0] is < (byte)'A' or > (byte)'Z' || scratch[1] is < (byte)'A' or > (byte)'Z');
    }

    private uint ReadTag()
    {
        Fill(4);
        return isBigEndian
            ? (uint)BinaryPrimitives.ReadUInt16BigEndian(scratch) << 16 | BinaryPrimitives.ReadUInt16BigEndian(scratch.AsSpan(2))
            : (uint)BinaryPrimitives.ReadUInt16LittleEndian(scratch) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(scratch.AsSpan(2));
    }

    private uint ReadUInt32()
    {
        Fill(4);
        return isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(scratch) : BinaryPrimitives.ReadUInt32LittleEndian(scratch);
    }

    private void Fill(int count)
    {
        if (stream.ReadAtLeast(scratch.AsSpan(0, count), count, throwOnEndOfStream: false) < count) throw new EndOfStreamException();
    }

    private VolumeException Broken(uint tag, string what) => new($"'{path}' is broken: its element {DicomTag.Text(tag)} {what}.");
}
