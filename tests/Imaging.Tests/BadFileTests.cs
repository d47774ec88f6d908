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
    public void Text_is_no_nifti()
    {
        string path = Path.Combine(folder, "text.nii.gz");
        using (var stream = new GZipStream(File.Create(path), CompressionMode.Compress)) stream.Write(new byte[4000]);
        Assert.Contains("no NIfTI", Assert.Throws<VolumeException>(() => NiftiReader.ReadImage(path, CancellationToken.None)).Message);
    }

    [Fact]
    public void A_label_that_is_no_whole_number_is_refused()
    {
        string image = Path.Combine(PreparationGolden.Folder, "oblique_lpi_slope.nii.gz");
        Assert.Contains("whole numbers", Assert.Throws<VolumeException>(() => NiftiReader.ReadLabel(image, CancellationToken.None)).Message);
    }

    [Theory]
    [InlineData("formats/nifti-rs")]
    [InlineData("formats/NIFTI-Reader-JS")]
    [InlineData("formats/nibabel")]
    [InlineData("formats/MONAI")]
    public void Files_of_other_projects_are_read_or_refused_and_never_crash(string name)
    {
        string[] files = [.. Directory.GetFiles(ScanData.Find(name), "*", SearchOption.AllDirectories)];
        Assert.NotEmpty(files);
        int read = 0;
        foreach (string file in files)
        {
            try
            {
                Volume<float> volume = NiftiReader.ReadImage(file, CancellationToken.None);
                Assert.Equal(volume.Size.Count * volume.Channels, volume.Voxels.LongLength);
                read++;
            }
            catch (VolumeException error)
            {
                Assert.Contains(Path.GetFileName(file), error.Message);
            }
        }
        Assert.True(read > 0 || name == "formats/MONAI", $"none of {files.Length} files was read");
    }
}
