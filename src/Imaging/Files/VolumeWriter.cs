namespace HiEndMae.Imaging.Files;

/// <summary>Writes volumes in the format that the file's name asks for: .nii, .nii.gz, .mha, .mhd (its data packed into a .zraw beside it).</summary>
public static class VolumeWriter
{
    /// <summary>Names that can be written, for help texts.</summary>
    public const string Extensions = ".nii.gz, .nii, .mha, .mhd";

    /// <summary>Writes intensities as float32.</summary>
    /// <param name="path">Its folder exists. A file of that name is replaced once the new one is complete.</param>
    /// <param name="volume">What to write.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="VolumeException">The name asks for another format, the volume does not fit it, or the disk refuses.</exception>
    public static void Write(string path, Volume<float> volume, CancellationToken cancel)
    {
        if (IsMetaImage(path)) MetaImageWriter.Write(path, volume, isCompressed: true, cancel);
        else NiftiWriter.Write(path, volume, cancel);
    }

    /// <summary>Writes a label map as uint16.</summary>
    /// <inheritdoc cref="Write(string, Volume{float}, CancellationToken)"/>
    public static void Write(string path, Volume<ushort> volume, CancellationToken cancel)
    {
        if (IsMetaImage(path)) MetaImageWriter.Write(path, volume, isCompressed: true, cancel);
        else NiftiWriter.Write(path, volume, cancel);
    }

    private static bool IsMetaImage(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.EndsWith(".mha", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".mhd", StringComparison.OrdinalIgnoreCase)) return true;
        return path.EndsWith(".nii", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new VolumeException($"'{path}' cannot be written: volumes are written as {Extensions}.");
    }
}
