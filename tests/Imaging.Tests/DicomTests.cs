using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>DICOM series, written byte by byte: places, orders, codings, and what is refused.</summary>
public sealed class DicomTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-dicom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(DicomFile.Implicit)]
    [InlineData(DicomFile.Explicit)]
    [InlineData(DicomFile.Big)]
    [InlineData(DicomFile.Rle)]
    public void Order_and_spacing_of_a_series_come_from_slice_positions(string syntax)
    {
        var slice = new DicomFile { Syntax = syntax };
        // Names and thickness say something else than the places.
        slice.At(35, 6, 7, 8, 9, 10, 11).Save(folder, "a.dcm");
        slice.At(32.5, 0, 1, 2, 3, 4, 5).Save(folder, "z.dcm");
        slice.At(37.5, 4000, 4000, 4000, 4000, 65535, 300).Save(folder, "b.dcm");
        foreach (string path in (string[])[folder, Path.Combine(folder, "a.dcm")])
        {
            Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
            Assert.Equal(new Size3(3, 2, 3), volume.Size);
            // LPS (-10, -20, 32.5); a column is 0.75 mm, a row 0.5 mm, a slice 2.5 mm.
            Assert.Equal(new Affine(-0.75, 0, 0, 10, 0, -0.5, 0, 20, 0, 0, 2.5, 32.5), volume.Affine);
            Assert.Equal([0, 6, 4000], Line(volume, 0, 0));
            Assert.Equal([1, 7, 4000], Line(volume, 1, 0));
            Assert.Equal([3, 9, 4000], Line(volume, 0, 1));
            Assert.Equal([4, 10, 65535], Line(volume, 1, 1));
            Assert.Equal([5, 11, 300], Line(volume, 2, 1));
        }
        Assert.Equal(["z.dcm", "a.dcm", "b.dcm"], VolumeReader.Files(folder).Select(Path.GetFileName));

        static float[] Line(Volume<float> volume, int x, int y) => [.. volume.Voxels.AsSpan((x * 2 + y) * 3, 3).ToArray().Select(value => value + 1024)];
    }

    [Theory]
    [InlineData(8, 8, 7, false, DicomFile.Explicit)]
    [InlineData(8, 8, 7, true, DicomFile.Rle)]
    [InlineData(8, 8, 7, false, DicomFile.Big)]
    [InlineData(16, 12, 11, false, DicomFile.Explicit)]
    [InlineData(16, 12, 11, true, DicomFile.Explicit)]
    [InlineData(16, 12, 15, true, DicomFile.Implicit)]
    [InlineData(16, 10, 12, false, DicomFile.Rle)]
    [InlineData(16, 16, 15, true, DicomFile.Big)]
    [InlineData(32, 32, 31, true, DicomFile.Explicit)]
    [InlineData(32, 20, 19, false, DicomFile.Big)]
    public void Pixels_of_every_width_and_sign_are_read(int allocated, int stored, int high, bool isSigned, string syntax)
    {
        var random = new Random(allocated + stored);
        long[] values = [.. Enumerable.Range(0, 6).Select(_ => isSigned ? random.NextInt64(-(1L << (stored - 1)), 1L << (stored - 1)) : random.NextInt64(0, 1L << stored))];
        long mask = (1L << stored) - 1, noise = random.NextInt64(1L << allocated);
        // Whatever stands in the bits that do not count.
        long[] written = [.. values.Select(value => (value & mask) << (high + 1 - stored) | (noise & ~(mask << (high + 1 - stored))))];
        var slice = new DicomFile { Syntax = syntax, Allocated = allocated, Stored = stored, HighBit = high, IsSigned = isSigned, Values = written, Slope = "0.5", Intercept = "3" };
        Volume<float> volume = VolumeReader.ReadImage(slice.Save(folder, "a.dcm"), CancellationToken.None);
        Assert.Equal(values.Select(value => (float)(value * 0.5 + 3)), new[] { 0, 2, 4, 1, 3, 5 }.Select(at => volume.Voxels[at]));
        Assert.Equal(9, volume.Affine.Spacing.Z); // a slice alone has nothing but its thickness
    }

    [Fact]
    public void Every_slice_has_its_own_rescaling_and_sign()
    {
        var slice = new DicomFile();
        (slice with { Slope = "2", Intercept = "10" }).At(0, 1, 1, 1, 1, 1, 1).Save(folder, "a");
        (slice with { Slope = null, Intercept = null, IsSigned = true }).At(1, -5, 0, 0, 0, 0, 0).Save(folder, "b");
        Volume<float> volume = VolumeReader.ReadImage(folder, CancellationToken.None);
        Assert.Equal([12, -5, 12, 0], volume.Voxels.AsSpan(0, 4).ToArray());
    }

    [Fact]
    public void Oblique_and_tilted_series_have_their_axes()
    {
        var slice = new DicomFile { Orientation = @"0\1\0\0\0\-1" };
        (slice with { Position = @"1\2\3" }).Save(folder, "a.dcm");
        (slice with { Position = @"-1\2\3" }).Save(folder, "b.dcm");
        // Normal of (0,1,0) x (0,0,-1) is -x (LPS): growing to the right, which is +x in RAS.
        Assert.Equal(new Affine(0, 0, 2, -1, -0.75, 0, 0, -2, 0, -0.5, 0, 3), VolumeReader.ReadHeader(folder).Affine);

        string tilted = Path.Combine(folder, "tilted");
        var flat = new DicomFile();
        for (int k = 0; k < 4; k++) (flat with { Position = FormattableString.Invariant($@"0\{0.5 * k}\{2 * k}") }).Save(tilted, $"{k}.dcm");
        Affine affine = VolumeReader.ReadHeader(tilted).Affine;
        Assert.Equal((0, -0.5, 2), (affine.M02, affine.M12, affine.M22));
    }

    [Fact]
    public void Nested_elements_are_skipped()
    {
        var inner = new List<byte>();
        DicomFile.Add(inner, 0x0028_0010, "US", [77, 0], DicomFile.Explicit); // rows of something within
        byte[] item = [0xFE, 0xFF, 0, 0xE0, (byte)inner.Count, 0, 0, 0, .. inner];
        byte[] open = [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, .. inner, 0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0];
        byte[] end = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
        var before = new List<byte>();
        DicomFile.Add(before, 0x0008_0005, "SQ", item, DicomFile.Explicit);
        DicomFile.Add(before, 0x0008_0006, "SQ", [.. item, .. open, .. end], DicomFile.Explicit, -1);
        var twice = new List<byte>();
        DicomFile.Add(twice, 0x0008_0007, "SQ", [.. open, .. end], DicomFile.Explicit, -1);
        DicomFile.Add(before, 0x0008_0008, "SQ", [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, .. twice, 0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, .. end], DicomFile.Explicit, -1);
        DicomFile.Add(before, 0x0009_0009, "UN", [0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 0x28, 0, 0x10, 0, 2, 0, 0, 0, 77, 0, 0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, .. end], DicomFile.Explicit, -1);
        Assert.Equal(new Size3(3, 2, 1), VolumeReader.ReadHeader(new DicomFile { Before = [.. before] }.Save(folder, "a.dcm")).Size);
    }

    [Fact]
    public void Files_beside_the_slices_are_ignored()
    {
        var slice = new DicomFile();
        slice.At(0).Save(folder, "1");
        slice.At(1).Save(folder, "2");
        (slice with { Modality = "RTSTRUCT", HasPixels = false }).Save(folder, "structures.dcm");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "nothing");
        Assert.Equal(2, VolumeReader.ReadHeader(folder).Size.Z);
    }

    [Fact]
    public void Several_series_are_listed_and_one_is_chosen_by_a_file_of_it()
    {
        var slice = new DicomFile();
        for (int k = 0; k < 3; k++)
        {
            slice.At(k).Save(folder, $"thin{k}.dcm");
            (slice with { Series = "1.2.9", Modality = "MR" }).At(5 * k).Save(folder, $"thick{k}.dcm");
        }
        (slice with { Orientation = @"1\0\0\0\0\-1" }).At(0).Save(folder, "scout.dcm");
        string message = Error(folder);
        Assert.Contains("3 series or orientations", message);
        Assert.Contains("3 slices of 3x2 at 0.75x0.5 mm, axial, MR", message);
        Assert.Contains("1 slices of 3x2 at 0.75x0.5 mm, coronal, CT", message);
        Assert.Equal(5, VolumeReader.ReadHeader(Path.Combine(folder, "thick1.dcm")).Affine.Spacing.Z);
        Assert.Equal(1, VolumeReader.ReadHeader(Path.Combine(folder, "thin1.dcm")).Affine.Spacing.Z);
    }

    [Theory]
    [InlineData(1, 16, 16, 0, 0)]
    [InlineData(1, 12, 16, 2, 0)]
    [InlineData(2, 16, 16, 0, 0)]
    [InlineData(3, 12, 16, 0, 0)]
    [InlineData(4, 16, 16, 1, 0)]
    [InlineData(5, 12, 16, 0, 0)]
    [InlineData(6, 16, 16, 0, 0)]
    [InlineData(7, 8, 8, 3, 0)]
    [InlineData(1, 12, 16, 0, 3)]
    public void JPEG_Lossless_is_read_with_every_prediction(int predictor, int precision, int allocated, int rowsToRestart, int shift)
    {
        const int Columns = 7, Rows = 6;
        var random = new Random(precision + predictor);
        long[] values = [.. Enumerable.Range(0, Columns * Rows).Select(i => (i % 5 == 0 ? random.NextInt64(1L << precision) : (i * 37L) % (1 << precision)) >> shift << shift)];
        byte[] stream = JpegLosslessFile.Encode(values, Columns, Rows, precision, predictor, rowsToRestart, shift);
        var slice = new DicomFile { Syntax = "1.2.840.10008.1.2.4.70", Columns = Columns, Rows = Rows, Allocated = allocated, Stored = precision, Pixels = stream, Intercept = "0" };
        Volume<float> volume = VolumeReader.ReadImage(slice.Save(folder, "a.dcm"), CancellationToken.None);
        Assert.Equal(values.Select(value => (float)value), from y in Enumerable.Range(0, Rows) from x in Enumerable.Range(0, Columns) select volume.Voxels[x * Rows + y]);
        // Cut off anywhere, it is an error and no picture.
        for (int length = 0; length < stream.Length - 8; length += 3)
            Assert.Contains("a.dcm", Error((slice with { Pixels = stream[..length] }).Save(folder, "a.dcm")));
        Assert.Contains("another process", Error((slice with { Pixels = [.. stream[..2], 0xFF, 0xC0, 0, 2, .. stream[2..]] }).Save(folder, "a.dcm")));
        Assert.Contains("as DICOM", Error((slice with { Rows = Rows - 1 }).Save(folder, "a.dcm")));
    }

    // A dose page without geometry, a secondary capture in colours and a segmentation, each a series of its own.
    [Fact]
    public void Objects_of_other_series_are_left_out_with_a_note()
    {
        var slice = new DicomFile();
        for (int k = 0; k < 3; k++) slice.At(k).Save(folder, $"ct{k}.dcm");
        (slice with { Series = "1.2.7", Modality = "CT", Position = null }).Save(folder, "dose.dcm");
        (slice with { Series = "1.2.8", Modality = "OT", Samples = 3 }).Save(folder, "capture.dcm");
        (slice with { Series = "1.2.9", Modality = "OT" }).At(9).Save(folder, "other.dcm");
        NiftiHeader header = VolumeReader.ReadHeader(folder);
        Assert.Equal(3, header.Size.Z);
        Assert.Equal(3, header.Notes.Count);
        Assert.Contains(header.Notes, note => note.Contains("dose.dcm", StringComparison.Ordinal));
        Assert.Equal(3, VolumeReader.ReadHeader(Path.Combine(folder, "ct1.dcm")).Size.Z);
        Assert.Contains("dose.dcm", Error(Path.Combine(folder, "dose.dcm")));
        // A slice of the series itself must not be missed.
        (slice with { Position = null }).Save(folder, "ct9.dcm");
        Assert.Contains("ct9.dcm", Error(folder));
        Assert.Contains("ct9.dcm", Error(Path.Combine(folder, "ct1.dcm")));
    }

    [Fact]
    public void An_implicit_item_in_an_explicit_file_is_skipped()
    {
        var inner = new List<byte>();
        DicomFile.Add(inner, 0xFFFE_E000, "", [], DicomFile.Implicit, length: -1);
        DicomFile.Add(inner, 0x0008_1150, "UI", "1.2.840.10008.5.1.4.1.1.2"u8.ToArray(), DicomFile.Implicit);
        DicomFile.Add(inner, 0xFFFE_E00D, "", [], DicomFile.Implicit);
        DicomFile.Add(inner, 0xFFFE_E0DD, "", [], DicomFile.Implicit);
        var before = new List<byte>();
        DicomFile.Add(before, 0x0008_1140, "SQ", [.. inner], DicomFile.Explicit, length: -1);
        string path = (new DicomFile() with { Before = [.. before] }).Save(folder, "a.dcm");
        Assert.Equal(new Size3(3, 2, 1), VolumeReader.ReadHeader(path).Size);
    }

    [Fact]
    public void Without_an_identifier_series_are_separated_by_frame_and_geometry()
    {
        var slice = new DicomFile { Series = null };
        for (int k = 0; k < 3; k++)
        {
            slice.At(k).Save(folder, $"a{k}.dcm");
            (slice with { Frame = "1.2.99" }).At(2 * k).Save(folder, $"b{k}.dcm");
        }
        Assert.Contains("2 series", Error(folder));
        Assert.Equal(2, VolumeReader.ReadHeader(Path.Combine(folder, "b0.dcm")).Affine.Spacing.Z);
    }

    [Fact]
    public void A_missing_slice_is_reported_with_its_position()
    {
        var slice = new DicomFile();
        foreach (double z in (double[])[0, 2.5, 5, 10, 12.5]) slice.At(z).Save(folder, FormattableString.Invariant($"{z}.dcm"));
        string message = Error(folder);
        Assert.Contains("slices 2.5 mm apart, but 5 mm from 5 to 10 ('5.dcm', '10.dcm')", message);
        // What rounding leaves of even places is even.
        string rounded = Path.Combine(folder, "rounded");
        foreach (double z in (double[])[0, 0.8, 1.5, 2.3, 3]) slice.At(z).Save(rounded, FormattableString.Invariant($"{z}.dcm"));
        Assert.Equal(0.75, VolumeReader.ReadHeader(rounded).Affine.Spacing.Z, 1e-9);
    }

    [Fact]
    public void Two_slices_at_one_position_are_reported()
    {
        var slice = new DicomFile();
        foreach (int k in (int[])[0, 1, 2]) slice.At(k).Save(folder, $"a{k}.dcm");
        slice.At(1).Save(folder, "b.dcm");
        string message = Error(folder);
        Assert.Contains("two slices at 1 mm", message);
        Assert.Contains("'a1.dcm' and 'b.dcm'", message);
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { nameof(DicomFile.Frames), "multi-frame image of 12 frames without a position for each" },
        { nameof(DicomFile.Samples), "colour image" },
        { "jpeg2000", "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)" },
        { "dcm2niix", "Convert the series: dcm2niix -z y -o OUT '" },
        { "unknown", "an unknown transfer syntax (1.2.3.4)" },
        { nameof(DicomFile.Modality), "modality SEG" },
        { nameof(DicomFile.HasPixels), "no pixels" },
        { nameof(DicomFile.Orientation), "perpendicular directions" },
        { nameof(DicomFile.Position), "no ImagePositionPatient" },
        { nameof(DicomFile.Spacing), "greater than 0" },
        { nameof(DicomFile.Slope), "RescaleSlope 0" },
        { nameof(DicomFile.Thickness), "without SpacingBetweenSlices and SliceThickness" },
        { nameof(DicomFile.Allocated), "12 bits per pixel" },
        { nameof(DicomFile.Stored), "HighBit 19" },
        { nameof(DicomFile.Rows), "truncated" },
        { nameof(DicomFile.Pixels), "RLE" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_file_that_is_not_a_slice_is_refused_in_one_sentence(string what, string message)
    {
        var slice = new DicomFile();
        slice = what switch
        {
            nameof(DicomFile.Frames) => slice with { Frames = "12" },
            nameof(DicomFile.Samples) => slice with { Samples = 3 },
            "jpeg2000" or "dcm2niix" => slice with { Syntax = "1.2.840.10008.1.2.4.90", Pixels = [1, 2, 3, 4] },
            "unknown" => slice with { Syntax = "1.2.3.4" },
            nameof(DicomFile.Modality) => slice with { Modality = "SEG" },
            nameof(DicomFile.HasPixels) => slice with { HasPixels = false },
            nameof(DicomFile.Orientation) => slice with { Orientation = @"1\0\0\1\0\0" },
            nameof(DicomFile.Position) => slice with { Position = null },
            nameof(DicomFile.Spacing) => slice with { Spacing = @"0\1" },
            nameof(DicomFile.Slope) => slice with { Slope = "0" },
            nameof(DicomFile.Thickness) => slice with { Thickness = null },
            nameof(DicomFile.Allocated) => slice with { Allocated = 12, Values = [], Pixels = new byte[12] },
            nameof(DicomFile.Stored) => slice with { Stored = 20 },
            nameof(DicomFile.Rows) => slice with { Rows = 60000, Columns = 60000 },
            _ => slice with { Syntax = DicomFile.Rle, Pixels = [3, .. new byte[80]] },
        };
        Assert.Contains(message, Error(slice.Save(folder, "a.dcm")));
        Assert.Contains("a.dcm", Error(Path.Combine(folder, "a.dcm")));
    }

    [Theory]
    [InlineData(DicomFile.Explicit)]
    [InlineData(DicomFile.Rle)]
    public void A_slice_cut_off_anywhere_is_refused(string syntax)
    {
        byte[] whole = new DicomFile { Syntax = syntax, Rows = 5, Columns = 6, Values = [.. Enumerable.Range(0, 30).Select(i => (long)(i * 37))] }.Bytes();
        string path = Path.Combine(folder, "a.dcm");
        // The last item's delimiter is no pixel.
        for (int length = 0; length < whole.Length - (syntax == DicomFile.Rle ? 8 : 0); length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains("a.dcm", Error(path));
        }
    }

    [Fact]
    public void A_label_map_may_be_a_series_of_whole_numbers()
    {
        var slice = new DicomFile { Intercept = "0" };
        slice.At(0).Save(folder, "0.dcm");
        slice.At(1, 7, 7, 7, 7, 7, 7).Save(folder, "1.dcm");
        Assert.Equal(7, VolumeReader.ReadLabel(folder, CancellationToken.None).Voxels[1]);
        (slice with { Slope = "0.3" }).At(2).Save(folder, "2.dcm");
        Assert.Contains("whole numbers", Assert.Throws<VolumeException>(() => VolumeReader.ReadLabel(folder, CancellationToken.None)).Message);
    }

    [Fact]
    public void Folders_without_slices_and_missing_paths_are_named()
    {
        Assert.Contains("no DICOM slices", Error(folder));
        Assert.Contains("does not exist", Error(Path.Combine(folder, "none.dcm")));
        File.WriteAllText(Path.Combine(folder, "text.dcm"), "this is no slice at all");
        Assert.Contains("text.dcm' is not a DICOM file", Error(folder));
        File.WriteAllText(Path.Combine(folder, "text.dcm"), new string('x', 5000));
        Assert.Contains("text.dcm' is not a DICOM file", Error(folder));
    }

    [Fact]
    public void A_real_series_in_JPEG_2000_is_refused_with_advice()
    {
        string message = Error(ScanData.Find("totalsegmentator/example_ct_dicom"));
        Assert.Contains("JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)", message);
        Assert.Contains("dcm2niix", message);
    }

    [Theory]
    [InlineData("formats/pydicom")]
    [InlineData("formats/nibabel/nibabel/nicom/tests/data")]
    [InlineData("formats/rse-panimg/dicom_slope")]
    public void Every_real_file_is_read_or_refused_in_one_sentence(string name)
    {
        int read = 0;
        foreach (string file in Directory.GetFiles(ScanData.Find(name), "*.dcm"))
        {
            string copy = Path.Combine(folder, Path.GetFileNameWithoutExtension(file), Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            try
            {
                VolumeReader.ReadImage(copy, CancellationToken.None);
                read++;
            }
            catch (VolumeException error)
            {
                Assert.Contains(Path.GetFileName(file), error.Message);
                Assert.DoesNotContain('\n', error.Message);
            }
        }
        Assert.True(read > 0);
    }

    private static string Error(string path) => Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None)).Message;
}
