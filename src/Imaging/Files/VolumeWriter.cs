namespace HiEndMae.Imaging.Files;

/// <summary>Writes volumes in the format of the file's extension: .nii, .nii.gz, .mha, or .mhd with a compressed .zraw file beside it.</summary>
public static class VolumeWriter
{
    /// <summary>The extensions that can be written, for help texts.</summary>
    public const string Extensions = ".nii.gz, .nii, .mha, .mhd";

    /// <summary>Writes intensities as float32.</summary>
    /// <param name="path">The file to write, in an existing folder. An old file is replaced when the new one is complete.</param>
    /// <param name="volume">The volume to write.</param>
    /// <param name="cancel">Cancels writing; no file is left behind.</param>
    /// <exception cref="VolumeException">The extension is not supported, the format cannot hold the volume, or the file cannot be written.</exception>
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
            : throw new VolumeException($"'{path}' cannot be written: its extension must be one of {Extensions}.");
    }
}
