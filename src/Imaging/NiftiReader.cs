using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>NIfTI-1 and NIfTI-2 files: .nii, .nii.gz, and header and image pairs (.hdr, .img), of either byte order.</summary>
public static class NiftiReader
{
    private const int Block = 1 << 20;

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, or no NIfTI.</exception>
    public static NiftiHeader ReadHeader(string path) => Guarded(path, () =>
    {
        using Stream stream = Open(path);
        return ReadHeader(stream, path);
    });

    /// <summary>Reads intensities, scaled as the header says.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, no NIfTI, or of complex numbers or colours.</exception>
    public static Volume<float> ReadImage(string path, CancellationToken cancel) => Guarded(path, () =>
    {
        (NiftiHeader header, byte[] raw) = Read(path, cancel);
        bool plain = header.Slope == 1 && header.Intercept == 0;
        return ToVolume(header, raw, value => plain ? (float)value : (float)(value * header.Slope + header.Intercept), path, cancel);
    });

    /// <summary>Reads a label map.</summary>
    /// <exception cref="VolumeException">As for images; or a value is no whole number from 0 to 65535.</exception>
    public static Volume<ushort> ReadLabel(string path, CancellationToken cancel) => Guarded(path, () =>
    {
        (NiftiHeader header, byte[] raw) = Read(path, cancel);
        if (header.Channels != 1) throw new VolumeException($"'{path}' has {header.Channels} channels; a label map has one.");
        return ToVolume(header, raw, value =>
        {
            double label = value * header.Slope + header.Intercept;
            return label is >= 0 and <= ushort.MaxValue && label == Math.Floor(label)
                ? (ushort)label
                : throw new VolumeException(FormattableString.Invariant($"'{path}' has the value {label}; labels are whole numbers from 0 to 65535."));
        }, path, cancel);
    });

    private static (NiftiHeader Header, byte[] Raw) Read(string path, CancellationToken cancel)
    {
        using Stream stream = Open(path);
        NiftiHeader header = ReadHeader(stream, path);
        int width = Width(header.DataType, path);
        long length = header.Size.Count * header.Channels * width;
        if (length > Array.MaxLength) throw new VolumeException($"'{path}' holds {length} bytes of voxels, more than can be read at once.");
        using Stream? image = header.IsPair ? Open(ImageOf(path)) : null;
        long skip = header.DataOffset - (header.IsPair ? 0 : header.HeaderLength);
        return (header, ReadExactly(image ?? stream, skip, (int)length, path, cancel));
    }

    private static NiftiHeader ReadHeader(Stream stream, string path)
    {
        var bytes = new byte[NiftiHeaderParser.SecondSize];
        int first = stream.ReadAtLeast(bytes.AsSpan(0, NiftiHeaderParser.FirstSize), NiftiHeaderParser.FirstSize, throwOnEndOfStream: false);
        int size = first < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bool second = size == NiftiHeaderParser.SecondSize || BinaryPrimitives.ReverseEndianness(size) == NiftiHeaderParser.SecondSize;
        if (second) first += stream.ReadAtLeast(bytes.AsSpan(first), bytes.Length - first, throwOnEndOfStream: false);
        return NiftiHeaderParser.Parse(bytes.AsSpan(0, first), path);
    }

    private static byte[] ReadExactly(Stream stream, long skip, int length, string path, CancellationToken cancel)
    {
        var scratch = new byte[(int)Math.Min(skip, Block)];
        for (long left = skip; left > 0;)
        {
            int read = stream.Read(scratch, 0, (int)Math.Min(left, scratch.Length));
            if (read == 0) throw Truncated(path);
            left -= read;
        }
        // Grown as it is read: a header that lies about the size of a short file does not cost the memory.
        var raw = new byte[Math.Min(length, 64 * Block)];
        for (int at = 0; at < length;)
        {
            cancel.ThrowIfCancellationRequested();
            if (at == raw.Length) Array.Resize(ref raw, (int)Math.Min(length, 2L * raw.Length));
            int read = stream.Read(raw, at, Math.Min(Block, raw.Length - at));
            if (read == 0) throw Truncated(path);
            at += read;
        }
        return raw;
    }

    // Files run along x fastest, volumes along z.
    private static Volume<T> ToVolume<T>(NiftiHeader header, byte[] raw, Func<double, T> convert, string path, CancellationToken cancel) where T : unmanaged
    {
        Size3 size = header.Size;
        var voxels = new T[checked(header.Channels * size.Count)];
        Func<int, double> value = Values(header, raw, path);
        int plane = size.Y * size.X;
        try
        {
            Parallel.For(0, header.Channels * size.Y, new ParallelOptions { CancellationToken = cancel }, row =>
            {
                (int channel, int y) = Math.DivRem(row, size.Y);
                int from = checked((int)(channel * size.Count)) + y * size.X, to = checked((int)(channel * size.Count)) + y * size.Z;
                for (int z = 0; z < size.Z; z++)
                {
                    for (int x = 0; x < size.X; x++) voxels[to + x * size.Y * size.Z + z] = convert(value(from + z * plane + x));
                }
            });
        }
        catch (AggregateException error) when (error.InnerExceptions[0] is VolumeException first)
        {
            throw first;
        }
        return new Volume<T>(header.Channels, size, header.Affine, voxels);
    }

    private static Func<int, double> Values(NiftiHeader header, byte[] raw, string path)
    {
        if (header.SwapBytes) SwapBytes(raw, Width(header.DataType, path));
        return header.DataType switch
        {
            2 => i => raw[i],
            4 => i => MemoryMarshal.Cast<byte, short>(raw)[i],
            8 => i => MemoryMarshal.Cast<byte, int>(raw)[i],
            16 => i => MemoryMarshal.Cast<byte, float>(raw)[i],
            64 => i => MemoryMarshal.Cast<byte, double>(raw)[i],
            256 => i => (sbyte)raw[i],
            512 => i => MemoryMarshal.Cast<byte, ushort>(raw)[i],
            768 => i => MemoryMarshal.Cast<byte, uint>(raw)[i],
            1024 => i => MemoryMarshal.Cast<byte, long>(raw)[i],
            _ => i => MemoryMarshal.Cast<byte, ulong>(raw)[i],
        };
    }

    private static void SwapBytes(byte[] raw, int width)
    {
        for (int at = 0; width > 1 && at < raw.Length; at += width) raw.AsSpan(at, width).Reverse();
    }

    private static int Width(int type, string path) => type switch
    {
        2 or 256 => 1,
        4 or 512 => 2,
        8 or 16 or 768 => 4,
        64 or 1024 or 1280 => 8,
        _ => throw new VolumeException($"'{path}' has NIfTI datatype {type}; integers and floats of up to 64 bits are read, complex numbers and colours are not."),
    };

    private static Stream Open(string path)
    {
        Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Block);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static string ImageOf(string path)
    {
        bool packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        string stem = Path.ChangeExtension(packed ? path[..^3] : path, ".img");
        string? found = new[] { stem, stem + ".gz" }.FirstOrDefault(File.Exists);
        return found ?? throw new VolumeException($"'{path}' is the header of a pair, but there is no '{stem}' beside it.");
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VolumeException($"There is no file '{path}'.", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    private static VolumeException Truncated(string path) => new($"'{path}' is cut off: it ends before its last voxel.");
}
