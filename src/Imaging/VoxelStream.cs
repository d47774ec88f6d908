using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Stored values of a slab as those of a volume.</summary>
internal delegate void VoxelConversion<T>(NiftiHeader header, Span<byte> raw, Span<T> voxels);

/// <summary>Voxels of a file, x fastest, into a volume, z fastest.</summary>
internal static class VoxelStream
{
    private const int SlabBytes = 1 << 24, MostPlaneBytes = 1 << 30;
    private const long DeflateRatio = 1032; // the most that deflate can shrink anything

    /// <summary>Values that must be labels.</summary>
    public static VoxelConversion<ushort> ToLabels(string path) => (header, raw, voxels) =>
    {
        if (header.Channels != 1) throw new VolumeException($"'{path}' has {header.Channels} channels; a label map has one.");
        if (NiftiVoxels.ToLabels(header, raw, voxels) is { } bad)
            throw new VolumeException(FormattableString.Invariant($"'{path}' has the value {bad}; labels are whole numbers from 0 to 65535."));
    };

    // A slab of z planes at a time: the file runs along x fastest, the volume along z, and never is all of the file in memory beside the volume.
    public static Volume<T> Read<T>(NiftiHeader header, Stream stream, long fileLength, long skip, string path, VoxelConversion<T> convert, CancellationToken cancel)
        where T : unmanaged
    {
        Size3 size = header.Size;
        int width = NiftiVoxels.Width(header.DataType)
            ?? throw new VolumeException($"'{path}' has NIfTI datatype {header.DataType}; integers and floats of up to 64 bits are read, complex numbers and colours are not.");
        long count = size.Count * header.Channels, bytes = count * width, plane = (long)size.X * size.Y;
        // A broken header must not cost memory that the file cannot fill.
        if (skip + bytes > (stream is not FileStream ? fileLength * DeflateRatio : fileLength)) throw Truncated(path);
        if (count > Array.MaxLength || plane * width > MostPlaneBytes) throw new VolumeException($"'{path}' holds {size} voxels in {header.Channels} channels, more than can be read at once.");
        var volume = new Volume<T>(header.Channels, size, header.Affine, GC.AllocateUninitializedArray<T>((int)count));
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
        while (stream is not FileStream && stream.Read(raw, 0, raw.Length) > 0) cancel.ThrowIfCancellationRequested();
        return volume;
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
