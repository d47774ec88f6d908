using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads the stored pixels of a slice.</summary>
internal static class DicomPixels
{
    /// <summary>Reads the pixels of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="raw">Receives rows x columns pixels in little endian; bits that do not belong to the value are cleared.</param>
    /// <exception cref="VolumeException">The file is truncated, or its encoding is invalid.</exception>
    public static void Read(DicomSlice slice, Span<byte> raw)
    {
        // Pixels are read in one piece, so the stream needs no buffer.
        using var file = new FileStream(slice.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = slice.PixelOffset;
        DicomPixelFormat format = slice.Format;
        if (format.IsRle) DicomRle.Decode(ReadItems(file, slice.Path), raw, format.Width, slice.Path);
        else if (format.IsJpegLossless) DicomJpegLossless.Decode(ReadItems(file, slice.Path), raw, slice.Columns, slice.Rows, format.Width, slice.Path);
        else file.ReadExactly(raw[..(slice.Columns * slice.Rows * format.Width)]);
        if (format.IsBigEndian) Reverse(raw, format);
        if (format.Stored < 8 * format.Width) Unpack(raw, format);
    }

    // Reads all fragments after the table of offsets. The table is not needed for a single frame.
    private static byte[] ReadItems(FileStream file, string path)
    {
        byte[] coded = [];
        Span<byte> head = stackalloc byte[8];
        for (int item = 0; ; item++)
        {
            file.ReadExactly(head);
            uint tag = (uint)BinaryPrimitives.ReadUInt16LittleEndian(head) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(head[2..]), length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (tag == DicomTag.SequenceEnd) break;
            if (tag != DicomTag.Item) throw new VolumeException($"'{path}' is damaged: its pixels are not stored in items.");
            if (length > file.Length - file.Position) throw new EndOfStreamException();
            if (item == 0)
            {
                file.Position += length;
                continue;
            }
            // There is nearly always one fragment. Together they are never longer than the file.
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

    // Shifting up and down again extends the sign and clears all other bits (overlays, padding).
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
