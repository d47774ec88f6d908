using System.Buffers.Binary;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>Enhanced multi-frame images (PS3.3, C.7.6.16), deflated files, and frames of several fragments.</summary>
public sealed class DicomEnhancedTests : IDisposable
{
    private const int NumFrames = 3, FramePixels = 6;
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-dicom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_are_slices_in_the_order_of_their_positions_with_their_own_rescaling(bool isDelimited)
    {
        // Frames are stored from top to bottom.
        DicomFile file = Enhanced([30, 28, 26], isDelimited) with { Values = [.. Enumerable.Range(0, NumFrames * FramePixels).Select(i => (long)i)] };
        Volume<float> read = VolumeReader.ReadImage(file.Save(folder, "a.dcm"), CancellationToken.None);
        Assert.Equal(new Size3(3, 2, 3), read.Size);
        Assert.Equal(new Affine(-0.75, 0, 0, 10, 0, -0.5, 0, 20, 0, 0, 2, 26), read.Affine);
        // Slope k + 1 and intercept -k of frame k.
        Assert.Equal(3 * 12 - 2, At(read, 0, 0, 0));
        Assert.Equal(2 * 10 - 1, At(read, 1, 1, 1));
        Assert.Equal(5, At(read, 2, 1, 2));
        Assert.Equal(read.Voxels, VolumeReader.ReadImage(folder, CancellationToken.None).Voxels);
        Assert.Equal("a.dcm", Path.GetFileName(Assert.Single(VolumeReader.Files(folder))));
    }

    [Fact]
    public void Several_files_of_several_frames_are_one_volume()
    {
        Enhanced([30, 28, 26], false).Save(folder, "a.dcm");
        Enhanced([36, 34, 32], false).Save(folder, "b.dcm");
        Volume<float> read = VolumeReader.ReadImage(Path.Combine(folder, "b.dcm"), CancellationToken.None);
        Assert.Equal((6, 26.0, 2.0), (read.Size.Z, read.Affine.M23, read.Affine.M22));
    }

    [Theory]
    [InlineData("fragments")]
    [InlineData("table")]
    [InlineData("none")]
    public void Encoded_frames_are_found_by_their_fragments_or_by_the_table_of_offsets(string kind)
    {
        DicomFile plain = Enhanced([26, 28, 30], false);
        long[][] values = [.. Enumerable.Range(0, NumFrames).Select(frame => Enumerable.Range(0, FramePixels).Select(i => (long)(100 * frame + i)).ToArray())];
        byte[][] frames = [.. values.Select(value => (plain with { Values = value }).RleFrame())];
        // Each frame in two fragments, unless it is one.
        byte[][] fragments = kind == "fragments" ? frames : [.. frames.SelectMany(frame => (byte[][])[frame[..40], frame[40..]])];
        var table = new byte[kind == "table" ? 4 * NumFrames : 0];
        for (int frame = 0, start = 0; frame < NumFrames && kind == "table"; start += frames[frame].Length + 16, frame++) BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4 * frame), start);
        DicomFile file = plain with { Syntax = DicomFile.Rle, Items = (table, fragments) };
        string path = file.Save(folder, "a.dcm");
        if (kind == "none")
        {
            Assert.Contains("3 frames in 6 fragments and no table", Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None)).Message, StringComparison.Ordinal);
            return;
        }
        Volume<float> read = VolumeReader.ReadImage(path, CancellationToken.None);
        for (int frame = 0; frame < NumFrames; frame++) Assert.Equal((frame + 1) * (100 * frame + 5) - frame, At(read, 2, 1, frame));
    }

    [Fact]
    public void Deflated_files_are_the_same_as_plain_ones()
    {
        var slice = new DicomFile { Syntax = DicomFile.Deflated };
        foreach (int k in (int[])[0, 1, 2]) slice.At(k, 7 * k, 1, 2, 3, 4, 5).Save(Path.Combine(folder, "packed"), $"{k}.dcm");
        foreach (int k in (int[])[0, 1, 2]) (slice with { Syntax = DicomFile.Explicit }).At(k, 7 * k, 1, 2, 3, 4, 5).Save(Path.Combine(folder, "plain"), $"{k}.dcm");
        Volume<float> packed = VolumeReader.ReadImage(Path.Combine(folder, "packed"), CancellationToken.None), plain = VolumeReader.ReadImage(Path.Combine(folder, "plain"), CancellationToken.None);
        Assert.Equal(plain.Voxels, packed.Voxels);
        Assert.Equal(plain.Affine, packed.Affine);
        byte[] whole = slice.Bytes();
        string cut = Path.Combine(folder, "cut.dcm");
        for (int length = 0; length < whole.Length; length += 3)
        {
            File.WriteAllBytes(cut, whole[..length]);
            try
            {
                // The last bytes of a deflated stream only end it.
                Assert.Equal([-1024f, -1023, -1022, -1021, -1020, -1019], VolumeReader.ReadImage(cut, CancellationToken.None).Voxels.Order());
                Assert.True(length >= whole.Length - 3);
            }
            catch (VolumeException error)
            {
                Assert.Contains("cut.dcm", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_number_of_frames_other_than_that_of_their_positions_and_two_frames_at_one_place_are_refused()
    {
        string path = (Enhanced([30, 28, 26], true) with { Frames = "4" }).Save(folder, "a.dcm");
        Assert.Contains("4 frames, but the positions of 3", Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None)).Message, StringComparison.Ordinal);
        Enhanced([30, 28, 28], true).Save(folder, "a.dcm");
        Assert.Contains("'a.dcm frame 2' and 'a.dcm frame 3'", Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    // Orientation and spacing are shared; each frame has its position, slope and intercept.
    private static DicomFile Enhanced(double[] heights, bool isDelimited)
    {
        byte[] shared = DicomFile.Sequence(0x5200_9229, isDelimited,
            [
                .. DicomFile.Sequence(0x0020_9116, isDelimited, DicomFile.Element(0x0020_0037, "DS", @"1\0\0\0\1\0")),
                .. DicomFile.Sequence(0x0028_9110, isDelimited, [.. DicomFile.Element(0x0018_0050, "DS", "2"), .. DicomFile.Element(0x0028_0030, "DS", @"0.5\0.75")]),
            ]);
        byte[] frames = DicomFile.Sequence(0x5200_9230, isDelimited, [.. heights.Select((z, frame) => (byte[])
            [
                // The position of another image, which is not that of the frame.
                .. DicomFile.Sequence(0x0008_1140, isDelimited, DicomFile.Element(0x0020_0032, "DS", @"1\2\3")),
                .. DicomFile.Sequence(0x0020_9113, isDelimited, DicomFile.Element(0x0020_0032, "DS", FormattableString.Invariant($@"-10\-20\{z}"))),
                .. DicomFile.Sequence(0x0028_9145, isDelimited, [.. DicomFile.Element(0x0028_1052, "DS", FormattableString.Invariant($"{-frame}")), .. DicomFile.Element(0x0028_1053, "DS", FormattableString.Invariant($"{frame + 1}"))]),
            ])]);
        return new DicomFile
        {
            Frames = FormattableString.Invariant($"{heights.Length}"),
            Orientation = null,
            Position = null,
            Spacing = null,
            Thickness = null,
            Slope = null,
            Intercept = null,
            Groups = [.. shared, .. frames],
            Values = [.. Enumerable.Range(0, heights.Length * FramePixels).Select(i => (long)i)],
        };
    }

    private static float At(Volume<float> volume, int x, int y, int z) => volume.Voxels[(x * volume.Size.Y + y) * volume.Size.Z + z];
}
