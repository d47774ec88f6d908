using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Writes NIfTI-1 files, .nii or .nii.gz: little endian, with sform and qform, channels as the fourth dimension.</summary>
/// <remarks>A file appears under its name only when it is complete.</remarks>
public static class NiftiWriter
{
    private const int Float32 = 16, UInt16 = 512;

    /// <summary>Writes intensities as float32.</summary>
    /// <param name="path">The file to write, ending in .nii or .nii.gz, in an existing folder. An old file is replaced.</param>
    /// <param name="volume">The volume to write, at most 32767 voxels along an axis.</param>
    /// <param name="cancel">Cancels writing; no file is left behind.</param>
    /// <exception cref="VolumeException">The extension is wrong, the format cannot hold the volume, or the file cannot be written.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static void Write(string path, Volume<float> volume, CancellationToken cancel) => Write(path, volume, null, Float32, cancel);

    /// <summary>Writes a label map as uint16.</summary>
    /// <inheritdoc cref="Write(string, Volume{float}, CancellationToken)"/>
    public static void Write(string path, Volume<ushort> volume, CancellationToken cancel) => Write(path, volume, null, UInt16, cancel);

    /// <summary>Writes intensities as float32, with the qform and sform of another file.</summary>
    /// <param name="path">Ends in .nii or .nii.gz; its folder exists. A file of that name is replaced.</param>
    /// <param name="volume">At most 32767 voxels along an axis.</param>
    /// <param name="forms">Forms of a file whose voxels lie where those of the volume do; null for the volume's affine in both forms.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="VolumeException">The path has another extension, the volume does not fit the format or the forms, or the disk refuses.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static void Write(string path, Volume<float> volume, NiftiForms? forms, CancellationToken cancel) => Write(path, volume, forms, Float32, cancel);

    /// <summary>Writes a label map as uint16, with the qform and sform of another file.</summary>
    /// <inheritdoc cref="Write(string, Volume{float}, NiftiForms, CancellationToken)"/>
    public static void Write(string path, Volume<ushort> volume, NiftiForms? forms, CancellationToken cancel) => Write(path, volume, forms, UInt16, cancel);

    private static void Write<T>(string path, Volume<T> volume, NiftiForms? forms, short datatype, CancellationToken cancel) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(volume);
        bool packed = path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase);
        if (!packed && !path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase)) throw new VolumeException($"'{path}' cannot be written: the name of a NIfTI file must end in .nii or .nii.gz.");
        if (!volume.Affine.IsInvertible) throw new VolumeException($"'{path}' cannot be written: its affine is singular.");
        if (forms is not null && forms.Size != volume.Size) throw new VolumeException($"'{path}' cannot be written: it has {volume.Size} voxels, but its positions are given for {forms.Size}.");
        byte[] header = NiftiHeaderFormatter.Format(volume.Channels, volume.Size, volume.Affine, forms, datatype, Marshal.SizeOf<T>())
            ?? throw new VolumeException($"'{path}' cannot be written: {volume.Size} voxels in {volume.Channels} channels are more than NIfTI-1 can hold.");
        VolumeFile.Replace([path], files =>
        {
            if (packed)
            {
                using var stream = new GZipStream(files[0], CompressionLevel.Fastest, leaveOpen: true);
                WriteTo(stream, header, volume, cancel);
            }
            else
            {
                WriteTo(files[0], header, volume, cancel);
            }
        });
    }

    private static void WriteTo<T>(Stream stream, byte[] header, Volume<T> volume, CancellationToken cancel) where T : unmanaged
    {
        stream.Write(header);
        VoxelStream.Write(stream, volume, cancel);
    }
}
