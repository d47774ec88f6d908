namespace HiEndMae.Imaging.Tests;

/// <summary>Every form of the format, from bytes put together by hand.</summary>
public sealed class NiftiReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-nifti-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<short, bool, bool, bool> Forms()
    {
        var forms = new TheoryData<short, bool, bool, bool>();
        foreach (short type in (short[])[2, 4, 8, 16, 64, 256, 512, 768, 1024, 1280])
        {
            for (int bits = 0; bits < 8; bits++) forms.Add(type, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
        }
        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_datatype_version_byte_order_and_pairing_is_read(short type, bool bigEndian, bool second, bool pair)
    {
        var file = new NiftiFile { DataType = type, BigEndian = bigEndian, IsSecond = second, Pair = pair };
        // The value of a voxel tells its place: x + 10 y + 30 z, in the file's order.
        double[] values = [.. from z in Range(4) from y in Range(3) from x in Range(2) select (double)(x + 10 * y + 30 * z)];
        string path = file.Save(folder, pair ? "a.hdr" : "a.nii", values);
        Volume<float> image = NiftiReader.ReadImage(path, CancellationToken.None);
        Volume<ushort> label = NiftiReader.ReadLabel(path, CancellationToken.None);
        float[] expected = [.. from x in Range(2) from y in Range(3) from z in Range(4) select (float)(x + 10 * y + 30 * z)];
        Assert.Equal(new Size3(2, 3, 4), image.Size);
        Assert.Equal(expected, image.Voxels);
        Assert.Equal(expected.Select(value => (ushort)value), label.Voxels);
        if (pair) Assert.Equal(expected, NiftiReader.ReadImage(Path.Combine(folder, "a.img"), CancellationToken.None).Voxels);
    }

    [Theory]
    [InlineData(256, -128, 127)]
    [InlineData(4, -32768, 32767)]
    [InlineData(512, 0, 65535)]
    [InlineData(8, -2147483648.0, 2147483647)]
    [InlineData(768, 0, 4294967295)]
    [InlineData(1024, -1e15, 1e15)]
    [InlineData(1280, 0, 1e19)]
    [InlineData(64, -1e300, 0.1)]
    public void Extremes_of_a_datatype_keep_their_sign_and_size(short type, double low, double high)
    {
        string path = new NiftiFile { DataType = type, Dimensions = [1, 2, 0, 0, 0, 0, 0, 0] }.Save(folder, "a.nii", low, high);
        Assert.Equal([(float)low, (float)high], NiftiReader.ReadImage(path, CancellationToken.None).Voxels);
    }

    [Fact]
    public void Planes_beyond_one_slab_and_channels_land_where_they_belong()
    {
        var size = new Size3(5, 3, 71);
        var file = new NiftiFile { DataType = 8, Dimensions = [5, size.X, size.Y, size.Z, 1, 3, 1, 1] };
        double[] values = [.. from c in Range(3) from z in Range(size.Z) from y in Range(size.Y) from x in Range(size.X) select (double)(c * 1000000 + x * 10000 + y * 1000 + z)];
        Volume<float> image = NiftiReader.ReadImage(file.Save(folder, "a.nii", values), CancellationToken.None);
        Assert.Equal(3, image.Channels);
        Assert.Equal(from c in Range(3) from x in Range(size.X) from y in Range(size.Y) from z in Range(size.Z) select (float)(c * 1000000 + x * 10000 + y * 1000 + z), image.Voxels);
    }

    [Theory]
    [InlineData(2, -1024, 3, -1018)]
    [InlineData(0, 7, 3, 3)] // slope 0 means that there is none
    [InlineData(double.NaN, 7, 3, 3)]
    public void Slope_and_intercept_apply_unless_the_slope_is_zero(double slope, double intercept, double stored, double expected)
    {
        string path = new NiftiFile { DataType = 4, Dimensions = [3, 1, 1, 1, 0, 0, 0, 0], Slope = slope, Intercept = intercept }.Save(folder, "a.nii", stored);
        Assert.Equal((float)expected, NiftiReader.ReadImage(path, CancellationToken.None).Voxels[0]);
    }

    [Fact]
    public void The_sform_precedes_the_qform_and_the_qform_precedes_voxel_sizes()
    {
        // 90 degrees about z: x points to +y, y to -x; qfac -1 mirrors z.
        double half = Math.Sqrt(0.5);
        var file = new NiftiFile { Pixels = [-1, 2, 3, 4, 0, 0, 0, 0], QformCode = 1, Quaternion = [0, 0, half, 7, 8, 9], Rows = [5, 0, 0, 1, 0, 6, 0, 2, 0, 0, 7, 3] };
        double[] zeros = new double[24];
        Assert.Equal(new Affine(5, 0, 0, 1, 0, 6, 0, 2, 0, 0, 7, 3), NiftiReader.ReadHeader(file.Save(folder, "s.nii", zeros)).Affine);
        AssertClose(new Affine(0, -3, 0, 7, 2, 0, 0, 8, 0, 0, -4, 9), NiftiReader.ReadHeader((file with { SformCode = 0 }).Save(folder, "q.nii", zeros)).Affine);
        // nibabel: x to the left, the middle of the grid at the origin.
        AssertClose(new Affine(-2, 0, 0, 1, 0, 3, 0, -3, 0, 0, 4, -6), NiftiReader.ReadHeader((file with { SformCode = 0, QformCode = 0 }).Save(folder, "p.nii", zeros)).Affine);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-1)]
    [InlineData(65536)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Values_that_are_not_labels_are_refused_and_named(double value)
    {
        string path = new NiftiFile { Dimensions = [3, 1, 1, 2, 0, 0, 0, 0] }.Save(folder, "a.nii", 1, value);
        Assert.Contains("a.nii", Assert.Throws<VolumeException>(() => NiftiReader.ReadLabel(path, CancellationToken.None)).Message);
    }

    [Fact]
    public void Labels_survive_the_rounding_of_a_slope() =>
        Assert.Equal([3], NiftiReader.ReadLabel(new NiftiFile { DataType = 2, Dimensions = [3, 1, 1, 1, 0, 0, 0, 0], Slope = 0.1 }.Save(folder, "a.nii", 30), CancellationToken.None).Voxels);

    public static TheoryData<string, object> Broken() => new()
    {
        { "no dimensions", new NiftiFile { Dimensions = [0, 2, 3, 4, 1, 1, 1, 1] } },
        { "eight dimensions", new NiftiFile { Dimensions = [8, 2, 3, 4, 1, 1, 1, 1] } },
        { "negative edge", new NiftiFile { Dimensions = [3, 2, -3, 4, 1, 1, 1, 1] } },
        { "zero edge", new NiftiFile { Dimensions = [3, 2, 0, 4, 1, 1, 1, 1] } },
        { "absurd size", new NiftiFile { Dimensions = [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767] } },
        { "absurd size of NIfTI-2", new NiftiFile { IsSecond = true, Dimensions = [3, long.MaxValue, long.MaxValue, 2, 1, 1, 1, 1] } },
        { "more than the file holds", new NiftiFile { Dimensions = [3, 1000, 1000, 1000, 1, 1, 1, 1] } },
        { "not supported", new NiftiFile { DataType = 32 } },
        { "not supported", new NiftiFile { DataType = 128 } },
        { "colours with alpha", new NiftiFile { DataType = 2304 } },
        { "one bit", new NiftiFile { DataType = 1 } },
        { "long doubles", new NiftiFile { DataType = 1536 } },
        { "negative offset", new NiftiFile { Offset = -8 } },
        { "offset within the header", new NiftiFile { Offset = 100 } },
        { "offset beyond the file", new NiftiFile { Offset = 1e6 } },
        { "offset that is no number", new NiftiFile { Offset = double.NaN } },
        { "flat affine", new NiftiFile { Rows = [1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0] } },
        { "empty affine", new NiftiFile { Rows = new double[12] } },
        { "infinite affine", new NiftiFile { Rows = [1, 0, 0, double.PositiveInfinity, 0, 1, 0, 0, 0, 0, 1, 0] } },
        { "not a rotation", new NiftiFile { SformCode = 0, QformCode = 1, Quaternion = [1, 1, 1, 0, 0, 0] } },
        { "pair without its image", new NiftiFile { Pair = true } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_headers_are_refused_with_the_field_named(string what, object file)
    {
        string path = ((NiftiFile)file).Save(folder, "broken.nii", new double[24]);
        VolumeException error = Assert.Throws<VolumeException>(() => NiftiReader.ReadImage(path, CancellationToken.None));
        Assert.True(error.Message.Contains("broken.nii", StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.EndsWith(".", error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }

    [Fact]
    public void Cancelling_stops_the_reading()
    {
        string path = new NiftiFile().Save(folder, "a.nii", new double[24]);
        Assert.Throws<OperationCanceledException>(() => NiftiReader.ReadImage(path, new CancellationToken(canceled: true)));
    }

    private static void AssertClose(Affine expected, Affine actual)
    {
        for (int i = 0; i < 12; i++) Assert.Equal(expected[i / 4, i % 4], actual[i / 4, i % 4], 1e-6);
    }

    private static IEnumerable<int> Range(int count) => Enumerable.Range(0, count);
}
