using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Writes NIfTI-1 files, .nii or .nii.gz: little endian, with sform and qform, channels as the fourth dimension.</summary>
/// <remarks>A file appears under its name only once it is complete.</remarks>
public static class NiftiWriter
{
    private const int SlabBytes = 1 << 24, Buffer = 1 << 18, Float32 = 16, UInt16 = 512;

    /// <summary>Writes intensities as float32.</summary>
    /// <param name="path">Ends in .nii or .nii.gz; its folder exists. A file of that name is replaced.</param>
    /// <param name="volume">At most 32767 voxels along an axis.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="VolumeException">The path has another extension, the volume does not fit the format, or the disk refuses.</exception>
    public static void Write(string path, Volume<float> volume, CancellationToken cancel) => Write(path, volume, Float32, cancel);

    /// <summary>Writes a label map as uint16.</summary>
    /// <inheritdoc cref="Write(string, Volume{float}, CancellationToken)"/>
    public static void Write(string path, Volume<ushort> volume, CancellationToken cancel) => Write(path, volume, UInt16, cancel);

    private static void Write<T>(string path, Volume<T> volume, short datatype, CancellationToken cancel) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(volume);
        bool packed = path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase);
        if (!packed && !path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase)) throw new VolumeException($"'{path}' cannot be written: NIfTI files end in .nii or .nii.gz.");
        if (!volume.Affine.IsInvertible) throw new VolumeException($"'{path}' cannot be written: its affine has no extent.");
        byte[] header = NiftiHeaderFormatter.Format(volume.Channels, volume.Size, volume.Affine, datatype, Marshal.SizeOf<T>())
            ?? throw new VolumeException($"'{path}' cannot be written: {volume.Size} voxels in {volume.Channels} channels are more than NIfTI-1 can hold.");
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, Buffer))
            {
                if (packed)
                {
                    using var stream = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
                    WriteTo(stream, header, volume, cancel);
                }
                else
                {
                    WriteTo(file, header, volume, cancel);
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VolumeException($"'{path}' cannot be written: {error.Message.TrimEnd('.')}.", error);
        }
        finally
        {
            Remove(partial);
        }
    }

    private static void WriteTo<T>(Stream stream, byte[] header, Volume<T> volume, CancellationToken cancel) where T : unmanaged
    {
        stream.Write(header);
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

    private static void Remove(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; a remainder of this name is never read.
        }
    }
}
