using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Converts the stored values of a slab to values of a volume.</summary>
internal delegate void VoxelConversion<T>(NiftiHeader header, Span<byte> raw, Span<T> voxels);

/// <summary>Reads voxels of a file (x fastest) into a volume (z fastest).</summary>
internal static class VoxelStream
{
    private const int SlabBytes = 1 << 24, MostPlaneBytes = 1 << 30;
    private const long DeflateRatio = 1032; // the most that deflate can shrink anything
    private const long UsualRatio = 100, SmallBytes = 1 << 26, MostBehind = 1 << 20;

    /// <summary>Reads values that must be labels.</summary>
    public static VoxelConversion<ushort> ToLabels(string path) => (header, raw, voxels) =>
    {
        if (header.Channels != 1) throw new VolumeException($"'{path}' has {header.Channels} channels; a label map must have one.");
        if (NiftiVoxels.ToLabels(header, raw, voxels) is { } bad)
            throw new VolumeException(FormattableString.Invariant($"'{path}' has the value {bad}; labels must be whole numbers from 0 to 65535."));
    };

    /// <summary>Reads all channels. A compressed stream is read to its end, where its checksum is.</summary>
    /// <param name="header">The header of the volume.</param>
    /// <param name="stream">A stream at the voxels, or <paramref name="skip"/> bytes before them.</param>
    /// <param name="fileLength">Length in bytes of the file behind the stream.</param>
    /// <param name="skip">Number of bytes to skip.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="convert">Converts stored values.</param>
    /// <param name="cancel">Checked between slabs.</param>
    /// <param name="again">Opens the same stream at the same place again, for compressed data.</param>
    // Works on a slab of z planes at a time, so that the whole file is never in memory beside the volume.
    public static Volume<T> Read<T>(NiftiHeader header, Stream stream, long fileLength, long skip, string path, VoxelConversion<T> convert, CancellationToken cancel, Func<Stream>? again = null)
        where T : unmanaged
    {
        Size3 size = header.Size;
        int width = NiftiVoxels.Width(header.DataType)
            ?? throw new VolumeException($"'{path}' has NIfTI datatype {header.DataType}, which is not supported; supported are integers and floats of up to 64 bits.");
        int side = header.IsInterleaved ? header.Channels : 1, passes = header.Channels / side;
        long count = size.Count * header.Channels, bytes = count * width, plane = (long)size.X * size.Y * side;
        // A damaged header must not cause a large allocation.
        if (skip + bytes > (stream is not FileStream ? fileLength * DeflateRatio : fileLength)) throw Truncated(path);
        // The stream is counted before memory is allocated, in case the header is wrong or the file is a decompression bomb.
        if (again is not null && bytes > SmallBytes && bytes > fileLength * UsualRatio) Count(again, skip + bytes, path, cancel);
        if (count > Array.MaxLength || plane * width > MostPlaneBytes) throw new VolumeException($"'{path}' has {size} voxels in {header.Channels} channels, which is too large to read.");
        var volume = new Volume<T>(header.Channels, size, header.Affine, GC.AllocateUninitializedArray<T>((int)count));
        int depth = (int)Math.Clamp(SlabBytes / (plane * width), 1, Math.Min(size.Z, 32));
        var raw = new byte[depth * plane * width];
        var slab = new T[depth * plane];
        T[] apart = side == 1 ? [] : new T[slab.Length / side];
        Skip(stream, skip, raw, path);
        for (int pass = 0; pass < passes; pass++)
        {
            for (int z = 0; z < size.Z; z += depth)
            {
                cancel.ThrowIfCancellationRequested();
                int planes = Math.Min(depth, size.Z - z), voxels = planes * (int)plane;
                if (stream.ReadAtLeast(raw.AsSpan(0, voxels * width), voxels * width, throwOnEndOfStream: false) < voxels * width) throw Truncated(path);
                convert(header, raw.AsSpan(0, voxels * width), slab.AsSpan(0, voxels));
                if (side == 1) SlabTranspose.ToVolume(slab, volume.Channel(pass), size, z, planes);
                else Separate(slab.AsSpan(0, voxels), apart, volume, z, planes);
            }
        }
        if (stream is FileStream) return volume;
        long behind = 0;
        while (stream.Read(raw, 0, raw.Length) is > 0 and int read)
        {
            cancel.ThrowIfCancellationRequested();
            if ((behind += read) > MostBehind) throw new VolumeException($"'{path}' has data after its last voxel: the size in its header is wrong, or the file is damaged.");
        }
        return volume;
    }

    private static void Separate<T>(ReadOnlySpan<T> slab, Span<T> apart, Volume<T> volume, int z, int planes) where T : unmanaged
    {
        int channels = volume.Channels, voxels = slab.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            for (int i = 0, at = channel; i < voxels; i++, at += channels) apart[i] = slab[at];
            SlabTranspose.ToVolume(apart, volume.Channel(channel), volume.Size, z, planes);
        }
    }

    private static void Count(Func<Stream> again, long wanted, string path, CancellationToken cancel)
    {
        using Stream stream = again();
        var scratch = new byte[1 << 16];
        while (wanted > 0)
        {
            cancel.ThrowIfCancellationRequested();
            int read = stream.Read(scratch, 0, scratch.Length);
            if (read == 0) throw Truncated(path);
            wanted -= read;
        }
    }

    /// <summary>Writes the voxels of a volume in little endian, x fastest.</summary>
    public static void Write<T>(Stream stream, Volume<T> volume, CancellationToken cancel) where T : unmanaged
    {
        Size3 size = volume.Size;
        int plane = size.X * size.Y, depth = (int)Math.Clamp(SlabBytes / ((long)plane * Marshal.SizeOf<T>()), 1, Math.Min(size.Z, 32));
        var slab = new T[depth * (long)plane];
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            for (int z = 0; z < size.Z; z += depth)
            {
                cancel.ThrowIfCancellationRequested();
                int planes = Math.Min(depth, size.Z - z);
                SlabTranspose.FromVolume(volume.Channel(channel), slab, size, z, planes);
                stream.Write(MemoryMarshal.AsBytes(slab.AsSpan(0, planes * plane)));
            }
        }
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

    private static VolumeException Truncated(string path) => new($"'{path}' is truncated: it ends before its last voxel.");
}
