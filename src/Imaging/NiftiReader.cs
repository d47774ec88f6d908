using System.Buffers.Binary;

namespace HiEndMae.Imaging;

/// <summary>NIfTI-1 and NIfTI-2 files: .nii, .nii.gz, and header and image pairs (.hdr, .img), of either byte order.</summary>
public static class NiftiReader
{
    private const int Buffer = 1 << 18, SlabBytes = 1 << 24, MostPlaneBytes = 1 << 30;
    private const long DeflateRatio = 1032; // the most that deflate can shrink anything

    /// <summary>Reads the header alone.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, or no NIfTI.</exception>
    public static NiftiHeader ReadHeader(string path) => Guarded(path, () =>
    {
        string headerPath = HeaderOf(path);
        using FileStream file = OpenFile(headerPath);
        using Stream stream = Unpacked(file);
        return ReadHeader(stream, headerPath, out _);
    });

    /// <summary>Reads intensities, scaled as the header says.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, no NIfTI, or of complex numbers or colours.</exception>
    public static Volume<float> ReadImage(string path, CancellationToken cancel) =>
        Guarded(path, () => Read<float>(path, (header, raw, voxels) => NiftiVoxels.ToIntensities(header, raw, voxels), cancel));

    /// <summary>Reads a label map.</summary>
    /// <exception cref="VolumeException">As for images; or a value is no whole number from 0 to 65535.</exception>
    public static Volume<ushort> ReadLabel(string path, CancellationToken cancel) => Guarded(path, () => Read<ushort>(path, (header, raw, voxels) =>
    {
        if (header.Channels != 1) throw new VolumeException($"'{path}' has {header.Channels} channels; a label map has one.");
        if (NiftiVoxels.ToLabels(header, raw, voxels) is { } bad)
            throw new VolumeException(FormattableString.Invariant($"'{path}' has the value {bad}; labels are whole numbers from 0 to 65535."));
    }, cancel));

    private delegate void Convert<T>(NiftiHeader header, Span<byte> raw, Span<T> voxels);

    private static Volume<T> Read<T>(string path, Convert<T> convert, CancellationToken cancel) where T : unmanaged
    {
        string headerPath = HeaderOf(path);
        using FileStream file = OpenFile(headerPath);
        using Stream stream = Unpacked(file);
        NiftiHeader header = ReadHeader(stream, headerPath, out int consumed);
        if (!header.IsPair) return ReadVoxels(header, stream, file.Length, header.DataOffset - consumed, path, convert, cancel);
        using FileStream imageFile = OpenFile(ImageOf(headerPath));
        using Stream image = Unpacked(imageFile);
        return ReadVoxels(header, image, imageFile.Length, header.DataOffset, path, convert, cancel);
    }

    private static NiftiHeader ReadHeader(Stream stream, string path, out int consumed)
    {
        var bytes = new byte[NiftiHeaderParser.SecondSize];
        consumed = stream.ReadAtLeast(bytes.AsSpan(0, NiftiHeaderParser.FirstSize), NiftiHeaderParser.FirstSize, throwOnEndOfStream: false);
        int size = consumed < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bool second = size == NiftiHeaderParser.SecondSize || BinaryPrimitives.ReverseEndianness(size) == NiftiHeaderParser.SecondSize;
        if (second) consumed += stream.ReadAtLeast(bytes.AsSpan(consumed), bytes.Length - consumed, throwOnEndOfStream: false);
        return NiftiHeaderParser.Parse(bytes.AsSpan(0, consumed), path);
    }

    // A slab of z planes at a time: the file runs along x fastest, the volume along z, and never is all of the file in memory beside the volume.
    private static Volume<T> ReadVoxels<T>(NiftiHeader header, Stream stream, long fileLength, long skip, string path, Convert<T> convert, CancellationToken cancel)
        where T : unmanaged
    {
        Size3 size = header.Size;
        int width = NiftiVoxels.Width(header.DataType)
            ?? throw new VolumeException($"'{path}' has NIfTI datatype {header.DataType}; integers and floats of up to 64 bits are read, complex numbers and colours are not.");
        long count = size.Count * header.Channels, bytes = count * width, plane = (long)size.X * size.Y;
        // A broken header must not cost memory that the file cannot fill.
        if (skip + bytes > (stream is GzipReadStream ? fileLength * DeflateRatio : fileLength)) throw Truncated(path);
        if (count > Array.MaxLength || plane * width > MostPlaneBytes) throw new VolumeException($"'{path}' holds {size} voxels in {header.Channels} channels, more than can be read at once.");
        var volume = new Volume<T>(header.Channels, size, header.Affine, new T[count]);
        int depth = (int)Math.Clamp(SlabBytes / (plane * width), 1, Math.Min(size.Z, 32));
        var raw = new byte[depth * plane * width];
        var slab = new T[depth * plane];
        Skip(stream, skip, raw, path);
        for (int channel = 0; channel < header.Channels; channel++)
        {
            T[] target = volume.Voxels;
            int offset = (int)(channel * size.Count);
            for (int z = 0; z < size.Z; z += depth)
            {
                cancel.ThrowIfCancellationRequested();
                int planes = Math.Min(depth, size.Z - z), voxels = planes * (int)plane;
                if (stream.ReadAtLeast(raw.AsSpan(0, voxels * width), voxels * width, throwOnEndOfStream: false) < voxels * width) throw Truncated(path);
                convert(header, raw.AsSpan(0, voxels * width), slab.AsSpan(0, voxels));
                SlabTranspose.ToVolume(slab, target.AsSpan(offset, (int)size.Count), size, z, planes);
            }
        }
        // To the end, for only there does a packed file say whether it was whole.
        while (stream is GzipReadStream && stream.Read(raw, 0, raw.Length) > 0) cancel.ThrowIfCancellationRequested();
        return volume;
    }

    private static void Skip(Stream stream, long count, byte[] scratch, string path)
    {
        while (count > 0)
        {
            int read = stream.Read(scratch, 0, (int)Math.Min(count, scratch.Length));
            if (read == 0) throw Truncated(path);
            count -= read;
        }
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.SequentialScan);

    // By content: files that were unpacked by hand and kept their name are as common as the reverse.
    private static Stream Unpacked(FileStream file)
    {
        bool packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return packed ? new GzipReadStream(file) : file;
    }

    private static string HeaderOf(string path) => Partner(path, ".img", ".hdr") ?? path;

    private static string ImageOf(string path) =>
        Partner(path, ".hdr", ".img") ?? throw new VolumeException($"'{path}' is the header of a pair, but there is no .img file beside it.");

    /// <summary>The other file of a pair, packed or not; null where the path has another extension or there is none.</summary>
    private static string? Partner(string path, string from, string to)
    {
        string plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (!plain.EndsWith(from, StringComparison.OrdinalIgnoreCase)) return null;
        string stem = plain[..^from.Length];
        string[] candidates = [stem + to, stem + to + ".gz", stem + to.ToUpperInvariant()];
        return Array.Find(candidates, File.Exists);
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
        catch (EndOfStreamException error)
        {
            throw new VolumeException($"'{path}' is cut off: it ends before its data do.", error);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new VolumeException($"'{path}' cannot be read: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static VolumeException Truncated(string path) => new($"'{path}' is cut off: it ends before its last voxel.");
}
