using System.IO.Compression;
using System.Text;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>A scan never is in memory twice: reading allocates its voxels, a slab of at most 32 planes as stored and as read, and file buffers.</summary>
public sealed class MemoryTests : IDisposable
{
    // A 512 x 512 x 800 scan at an eighth of its edges, or so: the slab is 32 of 400 planes.
    private static readonly Size3 Size = new(64, 64, 400);
    private const int Planes = 32, Buffers = 2_000_000;
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-memory-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("scan.nii")]
    [InlineData("scan.nii.gz")]
    [InlineData("scan.mha")]
    [InlineData("scan.mhd")]
    [InlineData("scan.nrrd")]
    [InlineData("gzip.nrrd")]
    [InlineData("series")]
    public void Reading_allocates_the_volume_and_a_slab(string name)
    {
        string path = Path.Combine(folder, name);
        Write(path);
        VolumeReader.ReadImage(path, CancellationToken.None); // what is made once per process
        long before = GC.GetAllocatedBytesForCurrentThread();
        Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((Size, -5f), (volume.Size, volume.Voxels[^1]));
        long slab = Planes * (long)Size.X * Size.Y * (sizeof(short) + sizeof(float)), headers = name == "series" ? Size.Z * 16_000 : 0;
        Assert.InRange(allocated, 4 * Size.Count, 4 * Size.Count + slab + Buffers + headers);
        // As int16 beside the volume it would be another half of it, and that as floats another whole.
        if (name != "series") Assert.True(allocated < 1.5 * 4 * Size.Count, $"{allocated} bytes for {4 * Size.Count}");
    }

    [Theory]
    [InlineData("out.nii.gz")]
    [InlineData("out.mha")]
    public void Writing_allocates_a_slab(string name)
    {
        var volume = new Volume<float>(1, Size, Affine.FromSpacing(Spacing3.Isotropic(1)), new float[Size.Count]);
        string path = Path.Combine(folder, name);
        VolumeWriter.Write(path, volume, CancellationToken.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        VolumeWriter.Write(path, volume, CancellationToken.None);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Planes * 4L * Size.X * Size.Y + Buffers);
    }

    private void Write(string path)
    {
        var stored = new byte[2 * Size.Count];
        for (int i = 0; i < stored.Length; i += 2) BitConverter.TryWriteBytes(stored.AsSpan(i), (short)(i % 1999 - 1000));
        BitConverter.TryWriteBytes(stored.AsSpan(stored.Length - 2), (short)-5);
        string size = FormattableString.Invariant($"{Size.X} {Size.Y} {Size.Z}");
        switch (Path.GetFileName(path))
        {
            case "scan.nii" or "scan.nii.gz":
                byte[] header = new NiftiFile { DataType = 4, Dimensions = [3, Size.X, Size.Y, Size.Z, 1, 1, 1, 1] }.Header();
                File.WriteAllBytes(path, path.EndsWith(".gz", StringComparison.Ordinal) ? Packed([.. header, .. stored], stream => new GZipStream(stream, CompressionLevel.Fastest)) : [.. header, .. stored]);
                break;
            case "scan.mha":
                File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"NDims = 3\nDimSize = {size}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n"), .. stored]);
                break;
            case "scan.mhd":
                File.WriteAllText(path, $"NDims = 3\nDimSize = {size}\nCompressedData = True\nElementType = MET_SHORT\nElementDataFile = scan.zraw\n");
                File.WriteAllBytes(Path.ChangeExtension(path, ".zraw"), Packed(stored, stream => new ZLibStream(stream, CompressionLevel.Fastest)));
                break;
            case "series":
                int plane = 2 * Size.X * Size.Y;
                for (int z = 0; z < Size.Z; z++)
                {
                    (new DicomFile { Columns = Size.X, Rows = Size.Y, IsSigned = true, Intercept = "0", Pixels = stored[(z * plane)..((z + 1) * plane)] }).At(z).Save(path, $"{z}.dcm");
                }
                break;
            default:
                bool isPacked = path.EndsWith("gzip.nrrd", StringComparison.Ordinal);
                File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes($"NRRD0004\ntype: short\ndimension: 3\nsizes: {size}\nendian: little\nencoding: {(isPacked ? "gzip" : "raw")}\n\n"),
                    .. isPacked ? Packed(stored, stream => new GZipStream(stream, CompressionLevel.Fastest)) : stored]);
                break;
        }
    }

    private static byte[] Packed(byte[] bytes, Func<Stream, Stream> pack)
    {
        using var memory = new MemoryStream();
        using (Stream stream = pack(memory)) stream.Write(bytes);
        return memory.ToArray();
    }
}
