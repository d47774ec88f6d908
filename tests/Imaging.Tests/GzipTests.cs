using System.IO.Compression;

namespace HiEndMae.Imaging.Tests;

/// <summary>Packed files are read whole or not at all.</summary>
public sealed class GzipTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-nifti-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_packed_file_cut_off_at_any_byte_is_refused(CompressionLevel level)
    {
        byte[] whole = Pack(Plain(), level);
        for (int length = 0; length < whole.Length; length++) AssertRefused(whole[..length], $"cut to {length} of {whole.Length}");
    }

    [Fact]
    public void A_plain_file_cut_off_at_any_byte_is_refused()
    {
        byte[] whole = Plain();
        for (int length = 0; length < whole.Length; length++) AssertRefused(whole[..length], $"cut to {length} of {whole.Length}");
    }

    [Fact]
    public void A_damaged_byte_is_noticed()
    {
        byte[] whole = Pack(Plain(), CompressionLevel.Optimal);
        for (int at = 10; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            AssertRefused(damaged, $"byte {at} of {whole.Length}");
        }
    }

    [Fact]
    public void Several_members_padding_and_optional_fields_are_read()
    {
        byte[] plain = Plain();
        AssertRead([.. Pack(plain[..200], CompressionLevel.Optimal), .. Pack(plain[200..], CompressionLevel.Optimal), .. Pack([], CompressionLevel.Optimal)]);
        AssertRead([.. Pack(plain, CompressionLevel.Optimal), .. new byte[512]]);
        byte[] packed = Pack(plain, CompressionLevel.Optimal);
        // Extra field of 3 bytes, name, comment and header checksum.
        AssertRead([.. packed[..3], 4 + 8 + 16 + 2, .. packed[4..10], 3, 0, 1, 2, 3, .. "scan.nii\0"u8, .. "by hand\0"u8, 0, 0, .. packed[10..]]);
    }

    [Fact]
    public void Compression_is_detected_from_the_content_not_the_name()
    {
        AssertRead(Pack(Plain(), CompressionLevel.Optimal), "scan.nii");
        AssertRead(Plain(), "scan.nii.gz");
    }

    [Fact]
    public void A_long_member_that_ends_within_a_block_is_read_to_its_last_byte()
    {
        // Incompressible, so that the file is many read-ahead blocks long.
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 200_000).Select(_ => random.NextDouble())];
        var file = new NiftiFile { DataType = 64, Dimensions = [3, 100, 200, 10, 1, 1, 1, 1] };
        string path = Path.Combine(folder, "long.nii.gz");
        File.WriteAllBytes(path, Pack([.. file.Header(), .. file.Voxels(values)], CompressionLevel.Optimal));
        Assert.Equal(values.Sum(value => (double)(float)value), NiftiReader.ReadImage(path, CancellationToken.None).Voxels.Sum(value => (double)value), 1e-6);
    }

    private static byte[] Plain()
    {
        var random = new Random(3);
        var file = new NiftiFile { DataType = 4 };
        return [.. file.Header(), .. file.Voxels([.. Enumerable.Range(0, 24).Select(_ => (double)random.Next(-1000, 1000))])];
    }

    private static byte[] Pack(byte[] plain, CompressionLevel level)
    {
        using var target = new MemoryStream();
        using (var stream = new GZipStream(target, level, leaveOpen: true)) stream.Write(plain);
        if (plain.Length == 0 && target.Length == 0) return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return target.ToArray();
    }

    private void AssertRead(byte[] bytes, string name = "scan.nii.gz")
    {
        string path = Path.Combine(folder, name), reference = Path.Combine(folder, "reference.nii");
        File.WriteAllBytes(path, bytes);
        File.WriteAllBytes(reference, Plain());
        Assert.Equal(NiftiReader.ReadImage(reference, CancellationToken.None).Voxels, NiftiReader.ReadImage(path, CancellationToken.None).Voxels);
    }

    private void AssertRefused(byte[] bytes, string what)
    {
        string path = Path.Combine(folder, "scan.nii.gz");
        File.WriteAllBytes(path, bytes);
        Exception? error = Record.Exception(() => NiftiReader.ReadImage(path, CancellationToken.None));
        Assert.True(error is VolumeException && error.Message.Contains("scan.nii.gz", StringComparison.Ordinal), $"{what}: {error}");
    }
}
