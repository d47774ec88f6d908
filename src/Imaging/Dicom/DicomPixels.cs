using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads the stored pixels of slices. A file stays open until a slice of another one is read.</summary>
internal sealed class DicomPixels : IDisposable
{
    private Stream? open;
    private string? openPath;

    public void Dispose() => open?.Dispose();

    /// <summary>Reads the pixels of a slice.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="raw">Receives rows x columns pixels in little endian; bits that do not belong to the value are cleared.</param>
    /// <exception cref="VolumeException">The file is truncated, or its encoding is invalid.</exception>
    public void Read(DicomSlice slice, Span<byte> raw)
    {
        Stream file = Open(slice);
        DicomPixelFormat format = slice.Format;
        int bytes = slice.Columns * slice.Rows * format.Width;
        file.Position = slice.PixelOffset;
        if (format.IsRle)
        {
            DicomRle.Decode(DicomFragments.Read(file, slice), raw, format.Width, slice.Path);
        }
        else if (format.IsJpegLossless)
        {
            DicomJpegLossless.Decode(DicomFragments.Read(file, slice), raw, slice.Columns, slice.Rows, format.Width, slice.Path);
        }
        else
        {
            file.Position += (long)slice.Frame * bytes;
            file.ReadExactly(raw[..bytes]);
        }
        if (format.IsBigEndian) Reverse(raw, format);
        if (format.Stored < 8 * format.Width) Unpack(raw, format);
    }

    private Stream Open(DicomSlice slice)
    {
        if (open is not null && openPath == slice.Path) return open;
        open?.Dispose();
        open = null;
        // Pixels are read in one piece, so the stream needs no buffer.
        Stream file = VolumeFile.Open(slice.Path, buffer: 0);
        if (slice.DeflatedFrom > 0)
        {
            using Stream packed = file;
            packed.Position = slice.DeflatedFrom;
            file = DicomDeflate.Inflate(packed, slice.Path);
        }
        (open, openPath) = (file, slice.Path);
        return file;
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
