using System.Buffers.Binary;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Decodes RLE Lossless (PS3.5, annex G): each byte of the pixels, the highest first, is a separate plane of runs and literals.</summary>
internal static class DicomRle
{
    private const int HeaderLength = 64;

    /// <summary>Decodes one frame to little-endian pixels.</summary>
    public static void Decode(ReadOnlySpan<byte> coded, Span<byte> raw, int width, string path)
    {
        if (coded.Length < HeaderLength) throw Broken(path);
        uint segments = BinaryPrimitives.ReadUInt32LittleEndian(coded);
        if (segments != width) throw new VolumeException($"'{path}' is damaged: its RLE frame has {segments} segments for pixels of {width} bytes.");
        for (int segment = 0; segment < width; segment++)
        {
            uint start = BinaryPrimitives.ReadUInt32LittleEndian(coded[(4 + 4 * segment)..]);
            uint end = segment + 1 < width ? BinaryPrimitives.ReadUInt32LittleEndian(coded[(8 + 4 * segment)..]) : (uint)coded.Length;
            if (start < HeaderLength || end < start || end > coded.Length) throw Broken(path);
            DecodeSegment(coded[(int)start..(int)end], raw, width - 1 - segment, width, path);
        }
    }

    private static void DecodeSegment(ReadOnlySpan<byte> coded, Span<byte> raw, int to, int width, string path)
    {
        int at = 0;
        while (to < raw.Length)
        {
            if (at >= coded.Length) throw Broken(path);
            int control = (sbyte)coded[at++];
            if (control == -128) continue;
            int count = Math.Min(control >= 0 ? control + 1 : 1 - control, (raw.Length - to + width - 1) / width);
            if (control >= 0)
            {
                if (count > coded.Length - at) throw Broken(path);
                for (int i = 0; i < count; i++, to += width) raw[to] = coded[at + i];
                at += count;
                continue;
            }
            if (at >= coded.Length) throw Broken(path);
            byte value = coded[at++];
            for (int i = 0; i < count; i++, to += width) raw[to] = value;
        }
    }

    private static VolumeException Broken(string path) => new($"'{path}' is truncated or damaged: its RLE data end before the last pixel.");
}
