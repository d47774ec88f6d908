using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>What is written is read again with its geometry to the last bits.</summary>
public sealed class MetaImageWriterTests : IDisposable
{
    private static readonly Affine Oblique = new(0.72, -0.31, 0.05, -120.125, 0.28, 0.81, 0.4, 33.3, -0.1, -0.2, 2.4, 871.0625);
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-mha-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.mha", true, 1)]
    [InlineData("a.mha", false, 3)]
    [InlineData("a.mhd", true, 2)]
    [InlineData("a.mhd", false, 1)]
    public void Any_volume_survives_a_round_trip(string name, bool isCompressed, int channels)
    {
        var size = new Size3(7, 5, 41);
        var random = new Random(3);
        string path = Path.Combine(folder, name);
        foreach (Affine affine in (Affine[])[Oblique, .. SignedAxes.All()])
        {
            var image = new Volume<float>(channels, size, affine, [.. Enumerable.Range(0, channels * (int)size.Count).Select(_ => (float)random.NextDouble())]);
            MetaImageWriter.Write(path, image, isCompressed, CancellationToken.None);
            Volume<float> back = VolumeReader.ReadImage(path, CancellationToken.None);
            Assert.Equal((channels, size), (back.Channels, back.Size));
            Assert.Equal(image.Voxels, back.Voxels);
            Assert.True(affine.IsCloseTo(back.Affine, 1e-14), $"{affine} {back.Affine}");
            Assert.Equal((affine.M03, affine.M13, affine.M23), (back.Affine.M03, back.Affine.M13, back.Affine.M23));
        }
        var label = new Volume<ushort>(1, size, Oblique, [.. Enumerable.Range(0, (int)size.Count).Select(_ => (ushort)random.Next(65536))]);
        MetaImageWriter.Write(path, label, isCompressed, CancellationToken.None);
        Assert.Equal(label.Voxels, VolumeReader.ReadLabel(path, CancellationToken.None).Voxels);
        Assert.Equal(name == "a.mha" ? ["a.mha"] : [isCompressed ? "a.zraw" : "a.raw", "a.mhd"], Directory.GetFiles(folder).Select(Path.GetFileName).OrderByDescending(file => file, StringComparer.Ordinal));
    }

    [Fact]
    public void The_header_has_the_form_that_other_programs_read()
    {
        string path = Path.Combine(folder, "a.mha");
        MetaImageWriter.Write(path, new Volume<ushort>(1, new Size3(2, 1, 1), new Affine(-2, 0, 0, 10, 0, 0, 3, -20, 0, 1.5, 0, 30), [258, 7]), isCompressed: false, CancellationToken.None);
        byte[] bytes = File.ReadAllBytes(path);
        const string Expected = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\nTransformMatrix = 1 0 0 0 0 1 0 -1 0\nOffset = -10 20 30\nCenterOfRotation = 0 0 0\nElementSpacing = 2 1.5 3\nDimSize = 2 1 1\nElementType = MET_USHORT\nElementDataFile = LOCAL\n";
        Assert.Equal(Expected, System.Text.Encoding.ASCII.GetString(bytes.AsSpan(0, bytes.Length - 4)));
        Assert.Equal([2, 1, 7, 0], bytes[^4..]);
    }

    [Fact]
    public void The_format_follows_from_the_file_name()
    {
        var volume = new Volume<float>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(1)), [1, 2, 3, 4, 5, 6, 7, 8]);
        var label = new Volume<ushort>(1, Size3.Cube(2), volume.Affine, [1, 2, 3, 4, 5, 6, 7, 8]);
        foreach (string name in (string[])["a.nii", "a.nii.gz", "a.mha", "a.mhd", "A.MHA"])
        {
            string path = Path.Combine(folder, name);
            VolumeWriter.Write(path, volume, CancellationToken.None);
            Assert.Equal(volume.Voxels, VolumeReader.ReadImage(path, CancellationToken.None).Voxels);
            VolumeWriter.Write(path, label, CancellationToken.None);
            Assert.Equal(label.Voxels, VolumeReader.ReadLabel(path, CancellationToken.None).Voxels);
        }
        Assert.Contains(".nii.gz, .nii, .mha, .mhd", Assert.Throws<VolumeException>(() => VolumeWriter.Write(Path.Combine(folder, "a.nrrd"), volume, CancellationToken.None)).Message);
    }

    [Fact]
    public void A_failed_write_leaves_no_file()
    {
        var volume = new Volume<float>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8]);
        Assert.Contains("none", Assert.Throws<VolumeException>(() => VolumeWriter.Write(Path.Combine(folder, "none", "a.mhd"), volume, CancellationToken.None)).Message);
        Assert.Throws<OperationCanceledException>(() => VolumeWriter.Write(Path.Combine(folder, "a.mhd"), volume, new CancellationToken(canceled: true)));
        Assert.Contains("singular", Assert.Throws<VolumeException>(() => VolumeWriter.Write(Path.Combine(folder, "a.mha"), new Volume<float>(1, Size3.Cube(2), default, new float[8]), CancellationToken.None)).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }
}
