using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Stored pixels of a slice as numbers of this machine.</summary>
internal static class DicomPixels
{
    /// <summary>Reads a slice.</summary>
    /// <param name="slice">What to read.</param>
    /// <param name="raw">Rows x columns pixels of the slice's width, little endian afterwards, without bits that do not count.</param>
    /// <exception cref="VolumeException">The file ends too early or is no valid coding.</exception>
    public static void Read(DicomSlice slice, Span<byte> raw)
    {
        // Pixels come in one piece: a buffer of its own would only be garbage, slice by slice.
        using var file = new FileStream(slice.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = slice.PixelOffset;
        DicomPixelFormat format = slice.Format;
        if (format.IsRle) DicomRle.Decode(ReadItems(file, slice.Path), raw, format.Width, slice.Path);
        else file.ReadExactly(raw[..(slice.Columns * slice.Rows * format.Width)]);
        if (format.IsBigEndian) Reverse(raw, format);
        if (format.Stored < 8 * format.Width) Unpack(raw, format);
    }

    // All fragments after the table of offsets, which says nothing about a single frame.
    private static byte[] ReadItems(FileStream file, string path)
    {
        byte[] coded = [];
        Span<byte> head = stackalloc byte[8];
        for (int item = 0; ; item++)
        {
            file.ReadExactly(head);
            uint tag = (uint)BinaryPrimitives.ReadUInt16LittleEndian(head) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(head[2..]), length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (tag == DicomTag.SequenceEnd) break;
            if (tag != DicomTag.Item) throw new VolumeException($"'{path}' is broken: its pixels do not stand in items.");
            if (length > file.Length - file.Position) throw new EndOfStreamException();
            if (item == 0)
            {
                file.Position += length;
                continue;
            }
            // Nearly always one; never more in all than the file holds.
            int before = coded.Length;
            Array.Resize(ref coded, checked(before + (int)length));
            file.ReadExactly(coded.AsSpan(before));
        }
        return coded;
    }

    private static void Reverse(Span<byte> raw, DicomPixelFormat format)
    {
        switch (format.Width)
        {
            case 2:
            case 1 when format.SwapsBytes && raw.Length % 2 == 0:
                Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(raw);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 4:
                Span<uint> longs = MemoryMarshal.Cast<byte, uint>(raw);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    // The bits that count to the top, and down again with their sign: what other bits hold (overlays, padding) is gone.
    private static void Unpack(Span<byte> raw, DicomPixelFormat format)
    {
        int bits = 8 * format.Width, up = bits - 1 - format.HighBit, down = bits - format.Stored;
        switch (format.Width, format.IsSigned)
        {
            case (1, false):
                foreach (ref byte value in raw) value = (byte)((byte)(value << up) >> down);
                break;
            case (1, true):
                foreach (ref sbyte value in MemoryMarshal.Cast<byte, sbyte>(raw)) value = (sbyte)((sbyte)(value << up) >> down);
                break;
            case (2, false):
                foreach (ref ushort value in MemoryMarshal.Cast<byte, ushort>(raw)) value = (ushort)((ushort)(value << up) >> down);
                break;
            case (2, true):
                foreach (ref short value in MemoryMarshal.Cast<byte, short>(raw)) value = (short)((short)(value << up) >> down);
                break;
            case (_, false):
                foreach (ref uint value in MemoryMarshal.Cast<byte, uint>(raw)) value = value << up >> down;
                break;
            default:
                foreach (ref int value in MemoryMarshal.Cast<byte, int>(raw)) value = value << up >> down;
                break;
        }
    }
}
