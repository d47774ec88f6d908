using HiEndMae.Imaging.Dicom;

namespace HiEndMae.Imaging.Files;

/// <summary>Reads volumes of all supported formats, chosen by the name of the file: NIfTI (.nii, .nii.gz, .hdr, .img), MetaImage (.mha, .mhd), NRRD (.nrrd, .nhdr),
/// and DICOM series, given as a folder or as any file of the series (.dcm, or any file that begins like DICOM).</summary>
public static class VolumeReader
{
    /// <summary>Reads the header alone: size, affine (RAS+) and type. For a DICOM series it reads the headers of all files.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, or in an unsupported format.</exception>
    public static NiftiHeader ReadHeader(string path) => FormatOf(path) switch
    {
        Format.Dicom => DicomReader.ReadHeader(path, CancellationToken.None),
        Format.MetaImage => MetaImageReader.ReadHeader(path),
        Format.Nrrd => NrrdReader.ReadHeader(path),
        _ => NiftiReader.ReadHeader(path),
    };

    /// <summary>Reads intensities.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, in an unsupported format, or its values are not real numbers.</exception>
    public static Volume<float> ReadImage(string path, CancellationToken cancel) => FormatOf(path) switch
    {
        Format.Dicom => DicomReader.Read<float>(path, NiftiVoxels.ToIntensities, cancel),
        Format.MetaImage => MetaImageReader.Read<float>(path, NiftiVoxels.ToIntensities, cancel),
        Format.Nrrd => NrrdReader.Read<float>(path, NiftiVoxels.ToIntensities, cancel),
        _ => NiftiReader.ReadImage(path, cancel),
    };

    /// <summary>Reads a label map.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, in an unsupported format, or a value is not a whole number from 0 to 65535.</exception>
    public static Volume<ushort> ReadLabel(string path, CancellationToken cancel) => FormatOf(path) switch
    {
        Format.Dicom => DicomReader.Read(path, VoxelStream.ToLabels(path), cancel),
        Format.MetaImage => MetaImageReader.Read(path, VoxelStream.ToLabels(path), cancel),
        Format.Nrrd => NrrdReader.Read(path, VoxelStream.ToLabels(path), cancel),
        _ => NiftiReader.ReadLabel(path, cancel),
    };

    /// <summary>Returns every file that a volume is read from, for caches: a header and its data file, both files of a pair, or all slices of a series.</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, or in an unsupported format.</exception>
    public static IReadOnlyList<string> Files(string path) => FormatOf(path) switch
    {
        Format.Dicom => DicomReader.Files(path, CancellationToken.None),
        Format.MetaImage => MetaImageReader.Files(path),
        Format.Nrrd => NrrdReader.Files(path),
        _ => NiftiReader.Files(path),
    };

    /// <summary>Whether a file is a DICOM object, by its name or by how it begins.</summary>
    public static bool IsDicom(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return DicomReader.HasDicomName(path) || BeginsAsDicom(path);
    }

    private enum Format
    {
        Nifti,
        MetaImage,
        Nrrd,
        Dicom,
    }

    private static Format FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path)) return Format.Dicom;
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".MHA" or ".MHD" => Format.MetaImage,
            ".NRRD" or ".NHDR" => Format.Nrrd,
            ".NII" or ".GZ" or ".HDR" or ".IMG" => Format.Nifti,
            _ => DicomReader.HasDicomName(path) || BeginsAsDicom(path) ? Format.Dicom : Format.Nifti,
        };
    }

    // Slices often have no extension, or end with the last number of an identifier.
    private static bool BeginsAsDicom(string path) => File.Exists(path) && VolumeFile.Guarded(path, () =>
    {
        if (VolumeFile.IsEmpty(path)) return false;
        using FileStream file = VolumeFile.Open(path, buffer: 0);
        return DicomParser.IsDicom(file);
    });
}
