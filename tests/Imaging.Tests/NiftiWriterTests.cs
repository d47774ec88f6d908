using System.Buffers.Binary;

namespace HiEndMae.Imaging.Tests;

/// <summary>What is written is read again, and is what the format says.</summary>
public sealed class NiftiWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-nifti-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_volume_survives_a_round_trip()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            string path = Path.Combine(folder, seed % 2 == 0 ? "a.nii" : "a.nii.gz");
            var size = new Size3(random.Next(1, 40), random.Next(1, 40), random.Next(1, 80));
            int channels = random.Next(1, 4);
            Affine affine = RandomAffine(random);
            var image = new Volume<float>(channels, size, affine, [.. Enumerable.Range(0, (int)size.Count * channels).Select(_ => (float)(random.NextDouble() * 4000 - 1024))]);
            NiftiWriter.Write(path, image, CancellationToken.None);
            Volume<float> back = NiftiReader.ReadImage(path, CancellationToken.None);
            Assert.Equal((channels, size), (back.Channels, back.Size));
            Assert.Equal(image.Voxels, back.Voxels);
            AssertSingle(affine, back.Affine);

            var label = new Volume<ushort>(1, size, affine, [.. Enumerable.Range(0, (int)size.Count).Select(_ => (ushort)random.Next(65536))]);
            NiftiWriter.Write(path, label, CancellationToken.None);
            Volume<ushort> labelBack = NiftiReader.ReadLabel(path, CancellationToken.None);
            Assert.Equal(label.Voxels, labelBack.Voxels);
            AssertSingle(affine, labelBack.Affine);
        }
        Assert.Equal(2, Directory.GetFiles(folder).Length); // nothing left beside
    }

    [Fact]
    public void The_qform_says_the_same_as_the_sform()
    {
        string path = Path.Combine(folder, "a.nii");
        for (int seed = 0; seed < 200; seed++)
        {
            Affine affine = RandomAffine(new Random(seed));
            NiftiWriter.Write(path, new Volume<float>(1, Size3.Cube(1), affine, new float[1]), CancellationToken.None);
            byte[] bytes = File.ReadAllBytes(path);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(254), 0); // sform_code: none
            File.WriteAllBytes(path, bytes);
            Affine qform = NiftiReader.ReadHeader(path).Affine;
            for (int i = 0; i < 12; i++) Assert.Equal(affine[i / 4, i % 4], qform[i / 4, i % 4], 1e-4);
        }
    }

    [Fact]
    public void Quarter_and_half_turns_have_a_qform_too()
    {
        string path = Path.Combine(folder, "a.nii");
        foreach (Affine affine in SignedAxes.All())
        {
            NiftiWriter.Write(path, new Volume<float>(1, Size3.Cube(1), affine, new float[1]), CancellationToken.None);
            byte[] bytes = File.ReadAllBytes(path);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(254), 0);
            File.WriteAllBytes(path, bytes);
            Affine qform = NiftiReader.ReadHeader(path).Affine;
            for (int i = 0; i < 12; i++) Assert.Equal(affine[i / 4, i % 4], qform[i / 4, i % 4], 1e-5);
        }
    }

    [Fact]
    public void A_written_golden_equals_the_golden()
    {
        Volume<float> image = NiftiReader.ReadImage(Path.Combine(PreparationGolden.Folder, "oblique_lpi_slope.nii.gz"), CancellationToken.None);
        string path = Path.Combine(folder, "a.nii.gz");
        NiftiWriter.Write(path, image, CancellationToken.None);
        Volume<float> back = NiftiReader.ReadImage(path, CancellationToken.None);
        Assert.Equal(image.Affine, back.Affine);
        Assert.Equal(image.Voxels, back.Voxels);
    }

    [Fact]
    public void A_failed_write_leaves_no_file()
    {
        var volume = new Volume<float>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8]);
        Assert.Contains("a.mha", Assert.Throws<VolumeException>(() => NiftiWriter.Write(Path.Combine(folder, "a.mha"), volume, CancellationToken.None)).Message);
        Assert.Contains("none", Assert.Throws<VolumeException>(() => NiftiWriter.Write(Path.Combine(folder, "none", "a.nii"), volume, CancellationToken.None)).Message);
        var wide = new Volume<float>(1, new Size3(40000, 1, 1), volume.Affine, new float[40000]);
        Assert.Contains("NIfTI-1", Assert.Throws<VolumeException>(() => NiftiWriter.Write(Path.Combine(folder, "a.nii"), wide, CancellationToken.None)).Message);
        Assert.Throws<OperationCanceledException>(() => NiftiWriter.Write(Path.Combine(folder, "a.nii"), volume, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    private static Affine RandomAffine(Random random)
    {
        // A rotation from a random quaternion, voxel sizes, half of them left-handed.
        double[] q = [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 2 - 1)];
        double norm = Math.Sqrt(q.Sum(value => value * value));
        (double a, double b, double c, double d) = (q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm);
        double sx = 0.3 + 3 * random.NextDouble(), sy = 0.3 + 3 * random.NextDouble(), sz = (0.3 + 5 * random.NextDouble()) * (random.Next(2) * 2 - 1);
        return new Affine(
            (1 - 2 * (c * c + d * d)) * sx, 2 * (b * c - a * d) * sy, 2 * (b * d + a * c) * sz, random.Next(-500, 500),
            2 * (b * c + a * d) * sx, (1 - 2 * (b * b + d * d)) * sy, 2 * (c * d - a * b) * sz, random.Next(-500, 500),
            2 * (b * d - a * c) * sx, 2 * (c * d + a * b) * sy, (1 - 2 * (b * b + c * c)) * sz, random.Next(-500, 500));
    }

    private static void AssertSingle(Affine expected, Affine actual)
    {
        for (int i = 0; i < 12; i++) Assert.Equal((float)expected[i / 4, i % 4], actual[i / 4, i % 4]);
    }
}
