using System.IO.Compression;

namespace HiEndMae.Imaging.Tests;

/// <summary>Every broken file ends in one sentence that names it.</summary>
public sealed class BadFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-nifti-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("permuted_axes.nii")]
    [InlineData("oblique_lpi_slope.nii.gz")]
    public void A_file_cut_off_anywhere_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(PreparationGolden.Folder, name));
        foreach (int part in (int[])[0, 1, 3, 10, 100, 347, 348, 351, whole.Length / 3, whole.Length / 2, whole.Length - 40])
        {
            string path = Path.Combine(folder, $"cut-{part}-{name}");
            File.WriteAllBytes(path, whole[..part]);
            VolumeException error = Assert.Throws<VolumeException>(() => NiftiReader.ReadImage(path, CancellationToken.None));
            Assert.Contains($"cut-{part}-{name}", error.Message);
        }
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nothing.nii", Assert.Throws<VolumeException>(() => NiftiReader.ReadImage(Path.Combine(folder, "nothing.nii"), CancellationToken.None)).Message);

    [Fact]
    public void A_text_file_is_not_NIfTI()
    {
        string path = Path.Combine(folder, "text.nii.gz");
        using (var stream = new GZipStream(File.Create(path), CompressionMode.Compress)) stream.Write(new byte[4000]);
        Assert.Contains("not a NIfTI", Assert.Throws<VolumeException>(() => NiftiReader.ReadImage(path, CancellationToken.None)).Message);
    }

    [Fact]
    public void A_label_that_is_not_an_integer_is_refused()
    {
        string image = Path.Combine(PreparationGolden.Folder, "oblique_lpi_slope.nii.gz");
        Assert.Contains("whole numbers", Assert.Throws<VolumeException>(() => NiftiReader.ReadLabel(image, CancellationToken.None)).Message);
    }

    /// <summary>Files of other projects that are NIfTI volumes. Every other file of these folders must be refused.</summary>
    public static TheoryData<string, string> ReadableFiles => new()
    {
        {
            "formats/nifti-rs",
            "27/float32.nii 27/float64.nii 27/int16.nii 27/int32.nii 27/int64.nii 27/int8.nii 27/uint16.nii 27/uint32.nii 27/uint64.nii 27/uint8.nii avg152T1_LR_nifti.nii.gz f32.nii.gz "
            + "minimal.hdr minimal.hdr.gz minimal.img minimal.img.gz minimal.nii minimal.nii.gz minimal2.hdr minimal2.img.gz minimal_extended_hdr.nii zstat1.nii.gz"
        },
        { "formats/NIFTI-Reader-JS", "5D_small.nii 5D_zeros.nii.gz air.hdr.gz air.img.gz avg152T1_LR_nifti.nii avg152T1_LR_nifti.nii.gz avg152T1_LR_nifti2.nii.gz big.nii.gz little.nii.gz with_extension.nii.gz" },
        { "formats/nibabel", "anatomical.nii doc/source/downloads/someones_anatomy.nii.gz example4d.nii.gz example_nifti2.nii.gz reoriented_anat_moved.nii resampled_anat_moved.nii standard.nii.gz" },
        { "formats/MONAI", "anatomical.nii anatomical_label.nii.gz reoriented_anat_moved.nii reoriented_anat_moved_label.nii.gz" },
    };

    [Theory]
    [MemberData(nameof(ReadableFiles))]
    public void Volumes_of_other_projects_are_read_and_all_other_files_are_refused_by_name(string name, string readable)
    {
        string folder = ScanData.Find(name);
        string[] read = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(IsRead).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(readable.Split(' ').Order(StringComparer.Ordinal), read);
    }

    private static bool IsRead(string file)
    {
        try
        {
            Volume<float> volume = NiftiReader.ReadImage(file, CancellationToken.None);
            Assert.Equal(volume.Size.Count * volume.Channels, volume.Voxels.LongLength);
            return true;
        }
        catch (VolumeException error)
        {
            Assert.Contains(Path.GetFileName(file), error.Message);
            return false;
        }
    }
}
