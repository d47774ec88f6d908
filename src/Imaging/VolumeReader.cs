namespace HiEndMae.Imaging;

/// <summary>Volumes of every format that is read, by the file's extension: NIfTI (.nii, .nii.gz, .hdr, .img), MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr).</summary>
public static class VolumeReader
{
    /// <summary>Reads the header alone: size, affine (RAS+), type.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, or of no format that is read.</exception>
    public static NiftiHeader ReadHeader(string path) => FormatOf(path) switch
    {
        Format.MetaImage => MetaImageReader.ReadHeader(path),
        Format.Nrrd => NrrdReader.ReadHeader(path),
        _ => NiftiReader.ReadHeader(path),
    };

    /// <summary>Reads intensities.</summary>
    /// <exception cref="VolumeException">As for headers; or its values are no real numbers.</exception>
    public static Volume<float> ReadImage(string path, CancellationToken cancel) => FormatOf(path) switch
    {
        Format.MetaImage => MetaImageReader.Read<float>(path, NiftiVoxels.ToIntensities, cancel),
        Format.Nrrd => NrrdReader.Read<float>(path, NiftiVoxels.ToIntensities, cancel),
        _ => NiftiReader.ReadImage(path, cancel),
    };

    /// <summary>Reads a label map.</summary>
    /// <exception cref="VolumeException">As for headers; or a value is no whole number from 0 to 65535.</exception>
    public static Volume<ushort> ReadLabel(string path, CancellationToken cancel) => FormatOf(path) switch
    {
        Format.MetaImage => MetaImageReader.Read(path, VoxelStream.ToLabels(path), cancel),
        Format.Nrrd => NrrdReader.Read(path, VoxelStream.ToLabels(path), cancel),
        _ => NiftiReader.ReadLabel(path, cancel),
    };

    private enum Format
    {
        Nifti,
        MetaImage,
        Nrrd,
    }

    private static Format FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".MHA" or ".MHD" => Format.MetaImage,
        ".NRRD" or ".NHDR" => Format.Nrrd,
        _ => Format.Nifti,
    };
}
