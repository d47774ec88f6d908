using System.Buffers.Binary;
using System.Text;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads the elements of a DICOM file up to its pixels (PS3.5, PS3.10). It skips long values, and nested elements except the functional groups of enhanced images.</summary>
internal sealed class DicomParser
{
    private const int Preamble = 128, LongestValue = 4096, DeepestNesting = 32;
    private const uint Undefined = uint.MaxValue;
    private readonly string path;
    private readonly Dictionary<uint, byte[]> values = [], shared = [];
    private readonly List<Dictionary<uint, byte[]>> frames = [];
    private readonly byte[] scratch = new byte[8];
    private Stream stream;
    private Dictionary<uint, byte[]>? item; // receives the elements of functional groups
    private bool isExplicit = true, isBigEndian, hasModalityLut, hasWords, isInGroup;
    private long pixelOffset, deflatedFrom;
    private long? pixelLength;

    private DicomParser(Stream stream, string path)
    {
        this.stream = stream;
        this.path = path;
    }

    /// <summary>Whether a file begins like a DICOM file. The stream is rewound.</summary>
    public static bool IsDicom(Stream stream)
    {
        Span<byte> mark = stackalloc byte[4];
        stream.Position = Math.Min(Preamble, stream.Length);
        bool isDicom = stream.ReadAtLeast(mark, 4, throwOnEndOfStream: false) == 4 && mark.SequenceEqual("DICM"u8);
        stream.Position = 0;
        return isDicom;
    }

    /// <summary>Parses the file up to its pixels, or to its end if there are none.</summary>
    /// <exception cref="VolumeException">The file is not a DICOM file, or it is damaged.</exception>
    public static DicomHeader Parse(Stream stream, string path)
    {
        if (!IsDicom(stream)) throw new VolumeException($"'{path}' is not a DICOM file: it does not begin with a preamble and the letters DICM.");
        stream.Position = Preamble + 4;
        return new DicomParser(stream, path).Parse();
    }

    private DicomHeader Parse()
    {
        long start;
        // The file meta group is always explicit and little endian.
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
        if (!values.TryGetValue(DicomTag.TransferSyntax, out byte[]? uid)) throw new VolumeException($"'{path}' is incomplete: it has no transfer syntax.");
        string name = Encoding.Latin1.GetString(uid).Trim(' ', '\0');
        DicomTransferSyntax syntax = DicomTransferSyntax.Of(name);
        (isExplicit, isBigEndian) = (syntax.IsExplicit, syntax.IsBigEndian);
        if (syntax.IsDeflated)
        {
            deflatedFrom = stream.Position;
            stream = DicomDeflate.Inflate(stream, path);
        }
        if (syntax.IsParsed)
        {
            while (stream.Position < stream.Length && ReadElement(0))
            {
            }
        }
        return new DicomHeader(path, values)
        {
            Frames = [.. frames.Select(frame => (IReadOnlyDictionary<uint, byte[]>)new Dictionary<uint, byte[]>([.. values.Where(entry => !shared.ContainsKey(entry.Key) && !frame.ContainsKey(entry.Key)), .. shared.Where(entry => !frame.ContainsKey(entry.Key)), .. frame]))],
            DeflatedFrom = deflatedFrom,
            SyntaxUid = name,
            Syntax = syntax,
            PixelOffset = pixelOffset,
            PixelLength = pixelLength,
            HasWords = hasWords,
            HasModalityLut = hasModalityLut,
            FileLength = stream.Length,
        };
    }

    // Returns false at the pixels (depth 0) or at the end of an item.
    private bool ReadElement(int depth)
    {
        uint tag = ReadTag();
        if (tag is DicomTag.Item or DicomTag.ItemEnd or DicomTag.SequenceEnd)
        {
            uint itemLength = ReadUInt32();
            if (tag == DicomTag.ItemEnd && depth > 0 && itemLength == 0) return false;
            throw Broken(tag, "is outside of an item");
        }
        (uint length, bool isSequence, bool isUnknown) = ReadLength(tag);
        if (tag == DicomTag.PixelData && depth == 0)
        {
            pixelOffset = stream.Position;
            pixelLength = length == Undefined ? null : length;
            return false;
        }
        if (depth == 0 && tag == DicomTag.ModalityLut) hasModalityLut = true;
        if (length == Undefined && isExplicit && !isSequence && !isUnknown) throw Broken(tag, "has no length");
        if (length != Undefined && length > stream.Length - stream.Position) throw new VolumeException($"'{path}' is truncated or damaged: its element {DicomTag.Text(tag)} has a length of {length} bytes, but only {stream.Length - stream.Position} follow.");
        if (ReadGroups(tag, length, depth, isUnknown)) return true;
        if (length == Undefined)
        {
            ReadSequence(length, depth + 1, isUnknown, isParsed: false, begin: null);
            return true;
        }
        Dictionary<uint, byte[]>? kept = depth == 0 ? values : isInGroup && depth == 2 ? item : null;
        if (kept is not null && DicomTag.IsRead(tag) && length <= LongestValue)
        {
            var value = new byte[length];
            stream.ReadExactly(value);
            kept[tag] = value;
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

    // The functional groups of an enhanced image: those of all frames, and those of each frame.
    private bool ReadGroups(uint tag, uint length, int depth, bool isUnknown)
    {
        switch (depth)
        {
            case 0 when tag == DicomTag.SharedGroups:
                ReadSequence(length, 1, isUnknown, isParsed: true, () => item = shared);
                item = null;
                return true;
            case 0 when tag == DicomTag.FrameGroups:
                ReadSequence(length, 1, isUnknown, isParsed: true, () => frames.Add(item = []));
                item = null;
                return true;
            case 1 when item is not null && DicomTag.IsGroupRead(tag):
                isInGroup = true;
                ReadSequence(length, 2, isUnknown, isParsed: true, begin: null);
                isInGroup = false;
                return true;
            default:
                return false;
        }
    }

    // Items of a known length are skipped, unless their elements are wanted.
    private void ReadSequence(uint length, int depth, bool isUnknown, bool isParsed, Action? begin)
    {
        if (depth > DeepestNesting) throw new VolumeException($"'{path}' is damaged: its sequences are nested too deeply.");
        long end = length == Undefined ? long.MaxValue : stream.Position + length;
        bool outer = isExplicit;
        // A sequence of unknown representation is always encoded implicitly (PS3.5, 6.2.2).
        if (isUnknown) isExplicit = false;
        while (stream.Position < end)
        {
            uint tag = ReadTag(), itemLength = ReadUInt32();
            if (tag == DicomTag.SequenceEnd) break;
            if (tag != DicomTag.Item) throw Broken(tag, "is in the place of an item");
            begin?.Invoke();
            long itemEnd = long.MaxValue;
            if (itemLength != Undefined)
            {
                if (itemLength > stream.Length - stream.Position) throw new VolumeException($"'{path}' is truncated or damaged: an item has a length of {itemLength} bytes, but only {stream.Length - stream.Position} follow.");
                itemEnd = stream.Position + itemLength;
                if (!isParsed || itemLength == 0)
                {
                    stream.Position = itemEnd;
                    continue;
                }
            }
            bool before = isExplicit;
            if (isExplicit && IsImplicitHere()) isExplicit = false;
            while (stream.Position < itemEnd && ReadElement(depth))
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

    private VolumeException Broken(uint tag, string what) => new($"'{path}' is damaged: its element {DicomTag.Text(tag)} {what}.");
}
