namespace HiEndMae.Imaging.Tests;

/// <summary>Both forms of positions, and the disk that is full.</summary>
public sealed class NiftiFormsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-forms-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_label_map_keeps_the_qform_and_the_sform_of_its_scan(bool isSecond)
    {
        var file = new NiftiFile
        {
            IsSecond = isSecond,
            QformCode = 1,
            SformCode = 4,
            Pixels = [-1, 2, 2, 3, 0, 0, 0, 0],
            Quaternion = [0, 0, 1, 100, 100, 100],
            Rows = [-2, 0, 0, 30, 0, -2, 0, 27, 0, 0, 3, -45],
        };
        string scan = file.Save(folder, "scan.nii", new double[24]);
        NiftiHeader header = NiftiReader.ReadHeader(scan);
        string path = Path.Combine(folder, "seg.nii");
        NiftiWriter.Write(path, new Volume<ushort>(1, header.Size, header.Affine, new ushort[24]), header.Forms, CancellationToken.None);
        byte[] expected = (file with { IsSecond = false, DataType = 512, Slope = 1 }).Header(), written = File.ReadAllBytes(path);
        // pixdim[0..3]; codes, quaternion, offsets and the three rows.
        Assert.Equal(expected[76..92], written[76..92]);
        Assert.Equal(expected[252..328], written[252..328]);
        Assert.Throws<VolumeException>(() => NiftiWriter.Write(path, new Volume<ushort>(1, Size3.Cube(2), header.Affine, new ushort[8]), header.Forms, CancellationToken.None));
    }

    [Fact]
    public void A_full_disk_is_not_reported_as_a_broken_volume_and_leaves_no_file()
    {
        string path = Path.Combine(folder, "seg.nii.gz");
        DiskFullException error = Assert.Throws<DiskFullException>(() => VolumeFile.Replace([path], files =>
        {
            files[0].Write(new byte[100]);
            throw new IOException("No space left on device", 28);
        }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
        Assert.False(DiskFullException.IsSaidBy(new IOException("another")));
    }

    [Fact]
    public void The_system_s_error_of_a_full_disk_is_recognised()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "The system has no /dev/full.");
        IOException error = Assert.ThrowsAny<IOException>(() =>
        {
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            full.Write(new byte[10]);
        });
        Assert.True(DiskFullException.IsSaidBy(new VolumeException("caused by", error)));
    }

    [Fact]
    public void Labels_within_a_thousandth_of_an_integer_are_read()
    {
        string path = new NiftiFile { DataType = 16 }.Save(folder, "label.nii", [.. Enumerable.Repeat(2.0009, 24)]);
        Assert.All(NiftiReader.ReadLabel(path, CancellationToken.None).Voxels, label => Assert.Equal(2, label));
        string other = new NiftiFile { DataType = 16 }.Save(folder, "other.nii", [.. Enumerable.Repeat(2.002, 24)]);
        Assert.Throws<VolumeException>(() => NiftiReader.ReadLabel(other, CancellationToken.None));
    }
}
