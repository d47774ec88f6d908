using System.Buffers.Binary;

namespace HiEndMae.Imaging;

/// <summary>Reads NIfTI-1 and NIfTI-2 files: .nii, .nii.gz, and pairs of header and image (.hdr, .img), in either byte order.</summary>
public static class NiftiReader
{
    /// <summary>Reads the header alone.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, or not NIfTI.</exception>
    public static NiftiHeader ReadHeader(string path) => VolumeFile.Guarded(path, () =>
    {
        string headerPath = HeaderOf(path);
        using FileStream file = VolumeFile.Open(headerPath);
        using Stream stream = Unpacked(file);
        return ReadHeader(stream, headerPath, out _);
    });

    /// <summary>Reads intensities and scales them by the slope and intercept of the header.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, not NIfTI, or has complex numbers or colours.</exception>
    public static Volume<float> ReadImage(string path, CancellationToken cancel) =>
        VolumeFile.Guarded(path, () => Read<float>(path, NiftiVoxels.ToIntensities, cancel));

    /// <summary>Returns the file, or the header and image of a pair.</summary>
    internal static IReadOnlyList<string> Files(string path) => VolumeFile.Guarded<IReadOnlyList<string>>(path, () =>
    {
        string header = HeaderOf(path);
        return ReadHeader(path).IsPair ? [header, ImageOf(header)] : [header];
    });

    /// <summary>Reads a label map.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, not NIfTI, or a value is not a whole number from 0 to 65535.</exception>
    public static Volume<ushort> ReadLabel(string path, CancellationToken cancel) => VolumeFile.Guarded(path, () => Read(path, VoxelStream.ToLabels(path), cancel));

    private static Volume<T> Read<T>(string path, VoxelConversion<T> convert, CancellationToken cancel) where T : unmanaged
    {
        string headerPath = HeaderOf(path);
        using FileStream file = VolumeFile.Open(headerPath);
        using Stream stream = Unpacked(file);
        NiftiHeader header = ReadHeader(stream, headerPath, out int consumed);
        if (!header.IsPair) return VoxelStream.Read(header, stream, file.Length, header.DataOffset - consumed, path, convert, cancel, Again(stream, headerPath, consumed));
        using FileStream imageFile = VolumeFile.Open(ImageOf(headerPath));
        using Stream image = Unpacked(imageFile);
        return VoxelStream.Read(header, image, imageFile.Length, header.DataOffset, path, convert, cancel, Again(image, imageFile.Name, 0));
    }

    private static Func<Stream>? Again(Stream stream, string path, int consumed) => stream is FileStream ? null : () =>
    {
        var again = new GzipReadStream(VolumeFile.Open(path));
        again.ReadAtLeast(new byte[consumed], consumed, throwOnEndOfStream: false);
        return again;
    };

    private static NiftiHeader ReadHeader(Stream stream, string path, out int consumed)
    {
        var bytes = new byte[NiftiHeaderParser.SecondSize];
        consumed = stream.ReadAtLeast(bytes.AsSpan(0, NiftiHeaderParser.FirstSize), NiftiHeaderParser.FirstSize, throwOnEndOfStream: false);
        int size = consumed < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bool second = size == NiftiHeaderParser.SecondSize || BinaryPrimitives.ReverseEndianness(size) == NiftiHeaderParser.SecondSize;
        if (second) consumed += stream.ReadAtLeast(bytes.AsSpan(consumed), bytes.Length - consumed, throwOnEndOfStream: false);
        return NiftiHeaderParser.Parse(bytes.AsSpan(0, consumed), path);
    }

    // Compression is recognised by content, because decompressed files often keep the name .nii.gz, and the reverse.
    private static Stream Unpacked(FileStream file)
    {
        bool packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return packed ? new GzipReadStream(file) : file;
    }

    private static string HeaderOf(string path) => Partner(path, ".img", ".hdr") ?? path;

    private static string ImageOf(string path) =>
        Partner(path, ".hdr", ".img") ?? throw new VolumeException($"'{path}' is the header of a pair, but its .img file is missing.");

    /// <summary>Returns the other file of a pair, compressed or not. Returns null if the path has another extension or the file does not exist.</summary>
    private static string? Partner(string path, string from, string to)
    {
        string plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (!plain.EndsWith(from, StringComparison.OrdinalIgnoreCase)) return null;
        string stem = plain[..^from.Length];
        string[] candidates = [stem + to, stem + to + ".gz", stem + to.ToUpperInvariant()];
        return Array.Find(candidates, File.Exists);
    }
}
