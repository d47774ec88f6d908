using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>MetaImage and NRRD: small files written byte by byte here, real ones where they lie, and what is wrong with others.</summary>
public sealed class TextHeaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-headers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void MetaImage_is_read_with_its_axes_turned_to_RAS(bool packed, bool detached)
    {
        byte[] data = Shorts(2 * 3 * 4, bigEndian: false);
        if (packed) data = Zlib(data);
        // Axis 0 runs to the back, axis 1 to the left: two directions, one after another.
        string header = $"ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = {packed}\nTransformMatrix = 0 1 0 1 0 0 0 0 1\nOffset = 10 20 30\nElementSpacing = 2 3 4\nDimSize = 2 3 4\nElementType = MET_SHORT\nElementDataFile = {(detached ? "scan.raw" : "LOCAL")}\n";
        string path = detached ? Write("scan.mhd", Encoding.ASCII.GetBytes(header)) : Write("scan.mha", [.. Encoding.ASCII.GetBytes(header), .. data]);
        if (detached) Write("scan.raw", data);
        Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
        Assert.Equal(new Size3(2, 3, 4), volume.Size);
        // LPS (10, 20, 30) is RAS (-10, -20, 30); one step along axis 0 is 2 mm backwards, along axis 1 3 mm to the left.
        Assert.Equal((-10, -20, 30), volume.Affine.Apply(0, 0, 0));
        Assert.Equal((-10, -22, 30), volume.Affine.Apply(1, 0, 0));
        Assert.Equal((-13, -20, 30), volume.Affine.Apply(0, 1, 0));
        CheckVoxels(volume);
    }

    [Theory]
    [InlineData("raw", "little", "left-posterior-superior", "short")]
    [InlineData("gzip", "big", "right-anterior-superior", "int16")]
    [InlineData("raw", "big", "LPS", "signed short int")]
    [InlineData("RAW", "Little", "Left-Anterior-Superior", "SHORT")]
    public void Nrrd_is_read_with_its_axes_turned_to_RAS(string encoding, string endian, string space, string type)
    {
        byte[] data = Shorts(2 * 3 * 4, endian == "big");
        if (encoding == "gzip") data = Gzip(data);
        string header = $"NRRD0004\n# comment\ntype: {type}\ndimension: 3\nspace: {space}\nsizes: 2 3 4\nspace directions: (2,0,0) (0,3,0) (0,0,4)\nkinds: domain domain domain\nendian: {endian}\nencoding: {encoding}\nspace origin: (10,20,30)\nkey:=value\n";
        string inside = Write("scan.nrrd", [.. Encoding.ASCII.GetBytes(header + "\n"), .. data]);
        Write("scan.raw", data);
        string beside = Write("scan.nhdr", Encoding.ASCII.GetBytes(header + "data file: scan.raw\n"));
        foreach (string path in (string[])[inside, beside])
        {
            Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
            double x = space[0] == 'r' ? 1 : -1, y = space.Contains("anterior", StringComparison.OrdinalIgnoreCase) ? 1 : -1;
            Assert.Equal((x * 10, y * 20, 30), volume.Affine.Apply(0, 0, 0));
            Assert.Equal((x * 12, y * 23, 34), volume.Affine.Apply(1, 1, 1));
            CheckVoxels(volume);
        }
    }

    [Theory]
    [InlineData("a.nrrd", "NRRD0005\ntype: short\ndimension: 4\nspace: RAS\nsizes: 2 3 4 5\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\nkinds: list domain domain domain\nendian: little\nencoding: raw\n\n")]
    [InlineData("a.mha", "NDims = 3\nDimSize = 3 4 5\nElementNumberOfChannels = 2\nElementType = MET_SHORT\nElementDataFile = LOCAL\n")]
    public void Interleaved_channels_are_separated(string name, string header)
    {
        // Value 1000 c + 100 x + 10 y + z; the channel runs fastest, then x.
        byte[] data = [.. from z in Enumerable.Range(0, 5) from y in Enumerable.Range(0, 4) from x in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 2) from part in BitConverter.GetBytes((short)((1000 * c) + (100 * x) + (10 * y) + z)) select part];
        Volume<float> volume = VolumeReader.ReadImage(Write(name, [.. Encoding.ASCII.GetBytes(header), .. data]), CancellationToken.None);
        Assert.Equal((2, new Size3(3, 4, 5)), (volume.Channels, volume.Size));
        Assert.Equal(from c in Enumerable.Range(0, 2) from x in Enumerable.Range(0, 3) from y in Enumerable.Range(0, 4) from z in Enumerable.Range(0, 5) select (float)((1000 * c) + (100 * x) + (10 * y) + z), volume.Voxels);
    }

    [Theory]
    [InlineData("brain1_image", 256, 256, 25, 631859459, 503)]
    [InlineData("brain2_image", 256, 256, 23, 356034155, 373)]
    [InlineData("breast1_image", 45, 120, 21, 7187342, 59)]
    [InlineData("prostate_phantom_subvolume", 82, 67, 13, 27811967, 104)]
    public void Real_NRRD_scans_have_the_checksums_of_another_program(string name, int x, int y, int z, long sum, float middle)
    {
        string data = ScanData.Find("formats/pyradiomics/" + name + ".nrrd");
        Volume<float> volume = VolumeReader.ReadImage(data, CancellationToken.None);
        Assert.Equal(new Size3(x, y, z), volume.Size);
        Assert.Equal(sum, volume.Voxels.Sum(value => (long)value));
        Assert.Equal(middle, volume.Voxels[(((x / 3 * y) + (y / 2)) * z) + (z / 2)]);
    }

    [Fact]
    public void Every_real_file_of_other_programs_is_read_or_refused_in_one_sentence()
    {
        string root = Path.GetDirectoryName(Path.GetDirectoryName(ScanData.Find("formats/pyradiomics/brain1_image.nrrd")))!;
        string[] files = [.. new[] { "*.mha", "*.mhd", "*.nrrd", "*.nhdr" }.SelectMany(pattern => Directory.GetFiles(root, pattern, SearchOption.AllDirectories))];
        int read = 0;
        foreach (string file in files)
        {
            try
            {
                VolumeReader.ReadImage(file, CancellationToken.None);
                read++;
            }
            catch (VolumeException error)
            {
                Assert.Contains(Path.GetFileNameWithoutExtension(file), error.Message);
            }
        }
        Assert.True(read > 15, $"{read} of {files.Length}");
    }

    [Theory]
    [InlineData("DimSize = 2 3 4", "DimSize = 2 3 0", "at least 1")]
    [InlineData("DimSize = 2 3 4", "DimSize = 2 3", "different number of sizes")]
    [InlineData("DimSize = 2 3 4", "DimSize = 2 3 -4", "at least 1")]
    [InlineData("DimSize = 2 3 4", "DimSize = 2000 3000 4000", "too large to read")]
    [InlineData("DimSize = 2 3 4", "DimSize = two", "not a list of numbers")]
    [InlineData("ElementSpacing = 2 3 4", "ElementSpacing = 0 3 4", "linearly dependent axes")]
    [InlineData("ElementSpacing = 2 3 4", "ElementSpacing = nan 3 4", "not a list of numbers")]
    [InlineData("ElementType = MET_SHORT", "ElementType = MET_CHAR_ARRAY", "MET_CHAR_ARRAY")]
    [InlineData("ElementType = MET_SHORT", "ElementType = MET_LONG_LONG", "truncated")]
    [InlineData("ElementDataFile = LOCAL", "ElementDataFile = ../../secret.raw", "not in its folder")]
    [InlineData("ElementDataFile = LOCAL", "ElementDataFile = /etc/passwd", "not in its folder")]
    [InlineData("ElementDataFile = LOCAL", "ElementDataFile = none.raw", "none.raw")]
    [InlineData("ElementDataFile = LOCAL", "ElementDataFile = LIST", "several files")]
    [InlineData("ElementDataFile = LOCAL", "ElementDatum = LOCAL", "no ElementDataFile")]
    [InlineData("BinaryData = True", "BinaryData = False", "as text")]
    [InlineData("BinaryData = True", "CompressedData = True", "cannot be read")]
    [InlineData("BinaryData = True", "ElementNumberOfChannels = 3", "truncated")]
    [InlineData("BinaryData = True", "ElementNumberOfChannels = 0", "0 values per voxel")]
    public void A_wrong_MetaImage_is_one_clear_error(string right, string wrong, string message)
    {
        const string Header = "NDims = 3\nBinaryData = True\nElementSpacing = 2 3 4\nDimSize = 2 3 4\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
        Assert.Contains(right, Header);
        string path = Write("wrong.mha", [.. Encoding.ASCII.GetBytes(Header.Replace(right, wrong, StringComparison.Ordinal)), .. Shorts(24, false)]);
        VolumeException error = Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("NRRD0004", "NOTNRRD", "not an NRRD")]
    [InlineData("sizes: 2 3 4", "sizes: 2 3 99999999", "truncated")]
    [InlineData("sizes: 2 3 4", "sizes: 2 3", "2 sizes")]
    [InlineData("type: short", "type: block", "'block'")]
    [InlineData("encoding: raw", "encoding: bzip2", "'bzip2'")]
    [InlineData("encoding: raw", "encoding: gzip", "cannot be read")]
    [InlineData("endian: little", "content: x", "'endian'")]
    [InlineData("space: LPS", "space: scanner-xyz", "scanner-xyz")]
    [InlineData("(0,0,4)", "(0,0,0)", "linearly dependent axes")]
    [InlineData("(0,0,4)", "none", "an axis without a direction")]
    [InlineData("(0,0,4)", "(0,0)", "3 numbers")]
    [InlineData("encoding: raw", "encoding: raw\nbyte skip: -5", "byte skip")]
    [InlineData("encoding: raw", "encoding: raw\ndata file: ../x.raw", "not in its folder")]
    [InlineData("encoding: raw", "encoding: raw\nline skip: 9000", "truncated")]
    public void A_wrong_NRRD_is_one_clear_error(string right, string wrong, string message)
    {
        const string Header = "NRRD0004\ntype: short\ndimension: 3\nspace: LPS\nsizes: 2 3 4\nspace directions: (2,0,0) (0,3,0) (0,0,4)\nendian: little\nencoding: raw\n\n";
        Assert.Contains(right, Header);
        string path = Write("wrong.nrrd", [.. Encoding.ASCII.GetBytes(Header.Replace(right, wrong, StringComparison.Ordinal)), .. Shorts(24, false)]);
        VolumeException error = Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None));
        Assert.Contains(message, error.Message);
    }

    // Value 100 x + 10 y + z at each voxel; files run along x fastest.
    private static byte[] Shorts(int count, bool bigEndian)
    {
        var bytes = new byte[2 * count];
        for (int at = 0; at < count; at++)
        {
            short value = (short)((100 * (at % 2)) + (10 * (at / 2 % 3)) + (at / 6));
            if (bigEndian) BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2 * at), value);
            else BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * at), value);
        }
        return bytes;
    }

    private static void CheckVoxels(Volume<float> volume)
    {
        for (int x = 0; x < 2; x++)
        {
            for (int y = 0; y < 3; y++)
            {
                for (int z = 0; z < 4; z++) Assert.Equal((100 * x) + (10 * y) + z, volume.Voxels[(((x * 3) + y) * 4) + z]);
            }
        }
    }

    private static byte[] Zlib(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var stream = new ZLibStream(memory, CompressionLevel.Fastest)) stream.Write(bytes);
        return memory.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var stream = new GZipStream(memory, CompressionLevel.Fastest)) stream.Write(bytes);
        return memory.ToArray();
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
