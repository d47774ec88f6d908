using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Stored values of a slab as those of a volume.</summary>
internal delegate void VoxelConversion<T>(NiftiHeader header, Span<byte> raw, Span<T> voxels);

/// <summary>Voxels of a file, x fastest, into a volume, z fastest.</summary>
internal static class VoxelStream
{
    private const int SlabBytes = 1 << 24, MostPlaneBytes = 1 << 30;
    private const long DeflateRatio = 1032; // the most that deflate can shrink anything
    private const long UsualRatio = 100, SmallBytes = 1 << 26, MostBehind = 1 << 20;

    /// <summary>Values that must be labels.</summary>
    public static VoxelConversion<ushort> ToLabels(string path) => (header, raw, voxels) =>
    {
        if (header.Channels != 1) throw new VolumeException($"'{path}' has {header.Channels} channels; a label map has one.");
        if (NiftiVoxels.ToLabels(header, raw, voxels) is { } bad)
            throw new VolumeException(FormattableString.Invariant($"'{path}' has the value {bad}; labels are whole numbers from 0 to 65535."));
    };

    /// <summary>Reads all channels; a packed stream to its end, for only there does it say whether it was whole.</summary>
    /// <param name="header">What to read.</param>
    /// <param name="stream">Stands before the voxels, or so many bytes before them as are skipped.</param>
    /// <param name="fileLength">Bytes of the file that the stream reads.</param>
    /// <param name="skip">Bytes to skip.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="convert">From stored values.</param>
    /// <param name="cancel">Between slabs.</param>
    /// <param name="again">The same stream from the same place on, for packed data.</param>
    // A slab of z planes at a time: the file runs along x fastest, the volume along z, and never is all of the file in memory beside the volume.
    public static Volume<T> Read<T>(NiftiHeader header, Stream stream, long fileLength, long skip, string path, VoxelConversion<T> convert, CancellationToken cancel, Func<Stream>? again = null)
        where T : unmanaged
    {
        Size3 size = header.Size;
        int width = NiftiVoxels.Width(header.DataType)
            ?? throw new VolumeException($"'{path}' has NIfTI datatype {header.DataType}; integers and floats of up to 64 bits are read, complex numbers and colours are not.");
        int side = header.IsInterleaved ? header.Channels : 1, passes = header.Channels / side;
        long count = size.Count * header.Channels, bytes = count * width, plane = (long)size.X * size.Y * side;
        // A broken header must not cost memory that the file cannot fill.
        if (skip + bytes > (stream is not FileStream ? fileLength * DeflateRatio : fileLength)) throw Truncated(path);
        // What a bomb or a lying header would claim is counted before memory is taken for it.
        if (again is not null && bytes > SmallBytes && bytes > fileLength * UsualRatio) Count(again, skip + bytes, path, cancel);
        if (count > Array.MaxLength || plane * width > MostPlaneBytes) throw new VolumeException($"'{path}' holds {size} voxels in {header.Channels} channels, more than can be read at once.");
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
            if ((behind += read) > MostBehind) throw new VolumeException($"'{path}' goes on behind its last voxel: its header says another size than its data have, or it is broken.");
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

    /// <summary>Writes a volume's voxels, x fastest, little endian.</summary>
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

    private static VolumeException Truncated(string path) => new($"'{path}' is cut off: it ends before its last voxel.");
}
