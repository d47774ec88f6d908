using System.IO.Compression;
using System.Text;

namespace HiEndMae.Imaging.Tests;

/// <summary>Broken volumes of every format, made from good ones, with the words that their error must have.</summary>
internal static class BrokenVolumes
{
    private const string Meta = "ObjectType = Image\nNDims = 3\nBinaryData = True\nCompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 1 2 3\nElementSpacing = 2 3 4\nDimSize = 2 3 4\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";
    private const string Nrrd = "NRRD0004\ntype: short\ndimension: 3\nspace: LPS\nsizes: 2 3 4\nspace directions: (2,0,0) (0,3,0) (0,0,4)\nendian: little\nencoding: raw\n\n";

    /// <summary>A case: its name, the file to read, what to write, the words.</summary>
    public sealed record Case(string Name, string File, Action<string> Write, string Words)
    {
        public bool IsLabel { get; init; }
    }

    public static byte[] GoodNifti(NiftiFile? header = null)
    {
        NiftiFile file = header ?? new NiftiFile { DataType = 4 };
        return [.. file.Header(), .. file.Voxels([.. Enumerable.Range(0, 24).Select(i => (double)i)])];
    }

    public static byte[] GoodMeta => [.. Encoding.ASCII.GetBytes(Meta), .. new byte[48]];

    public static byte[] GoodNrrd => [.. Encoding.ASCII.GetBytes(Nrrd), .. new byte[48]];

    public static byte[] Gzip(byte[] bytes) => Packed(bytes, stream => new GZipStream(stream, CompressionLevel.Optimal));

    public static byte[] Zlib(byte[] bytes) => Packed(bytes, stream => new ZLibStream(stream, CompressionLevel.Optimal));

    public static IEnumerable<Case> All()
    {
        foreach (Case broken in Niftis().Concat(Metas()).Concat(Nrrds()).Concat(Dicoms())) yield return broken;
    }

    private static IEnumerable<Case> Niftis()
    {
        var good = new NiftiFile { DataType = 4 };
        yield return Bytes("nifti empty", "a.nii", [], "is empty");
        yield return Bytes("pointer of Git LFS", "a.nii.gz", Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"), "git lfs pull");
        yield return Bytes("pointer of git-annex", "a.nrrd", Encoding.ASCII.GetBytes("/annex/objects/MD5E-s5--0cc175b9.nrrd\n"), "git annex get");
        yield return Bytes("nifti three bytes", "a.nii", [92, 1, 0], "not a NIfTI");
        yield return Bytes("nifti half a header", "a.nii", GoodNifti()[..200], "inside its NIfTI header");
        yield return Bytes("nifti without voxels", "a.nii", GoodNifti()[..352], "truncated");
        yield return Bytes("nifti without its last byte", "a.nii", GoodNifti()[..^1], "truncated");
        yield return Bytes("nifti of text", "a.nii", Encoding.ASCII.GetBytes(new string('x', 4000)), "not a NIfTI");
        yield return Bytes("nifti of other magic", "a.nii", Put(GoodNifti(), 344, "xx1"u8), "no NIfTI magic");
        yield return Bytes("analyze without magic", "a.hdr", Put(GoodNifti(good with { Pair = true })[..348], 344, new byte[4]), "Analyze 7.5");
        yield return Bytes("nifti of no dimensions", "a.nii", Header(good, [0, 2, 3, 4, 1, 1, 1, 1]), "0 dimensions");
        yield return Bytes("nifti of 9 dimensions", "a.nii", Header(good, [9, 2, 3, 4, 1, 1, 1, 1]), "9 dimensions");
        yield return Bytes("nifti with a negative edge", "a.nii", Header(good, [3, 2, -3, 4, 1, 1, 1, 1]), "2 x -3 x 4");
        yield return Bytes("nifti with an edge of zero", "a.nii", Header(good, [3, 2, 0, 4, 1, 1, 1, 1]), "2 x 0 x 4");
        yield return Bytes("nifti with huge edges", "a.nii", Header(good, [3, 32767, 32767, 32767, 1, 1, 1, 1]), "impossible size");
        yield return Bytes("nifti larger than its file", "a.nii", Header(good, [3, 1000, 1000, 1000, 1, 1, 1, 1]), "truncated");
        yield return Bytes("second nifti with an edge beyond all", "a.nii", Header(good with { IsSecond = true }, [3, long.MaxValue, 2, 2, 1, 1, 1, 1]), "impossible size");
        yield return Bytes("nifti of channels without end", "a.nii", Header(good, [7, 2, 3, 4, 30000, 30000, 1, 1]), "impossible size");
        yield return Bytes("nifti of complex numbers", "a.nii", Header(good with { DataType = 32 }, good.Dimensions), "not supported");
        yield return Bytes("nifti in colours", "a.nii", Header(good with { DataType = 128 }, good.Dimensions), "not supported");
        yield return Bytes("nifti of an unknown type", "a.nii", Header(good with { DataType = 9999 }, good.Dimensions), "datatype 9999");
        yield return Bytes("nifti with NaN in its affine", "a.nii", GoodNifti(good with { Rows = [double.NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] }), "singular affine");
        yield return Bytes("nifti with an infinite origin", "a.nii", GoodNifti(good with { Rows = [1, 0, 0, double.PositiveInfinity, 0, 1, 0, 0, 0, 0, 1, 0] }), "singular affine");
        yield return Bytes("nifti with a flat affine", "a.nii", GoodNifti(good with { Rows = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0] }), "singular affine");
        yield return Bytes("nifti with an affine of zeros", "a.nii", GoodNifti(good with { Rows = new double[12] }), "singular affine");
        yield return Bytes("nifti with no rotation", "a.nii", GoodNifti(good with { SformCode = 0, QformCode = 1, Quaternion = [2, 0, 0, 0, 0, 0] }), "not a rotation");
        yield return Bytes("nifti with NaN for a rotation", "a.nii", GoodNifti(good with { SformCode = 0, QformCode = 1, Quaternion = [double.NaN, 0, 0, 0, 0, 0] }), "not a rotation");
        yield return Bytes("nifti beginning within its header", "a.nii", GoodNifti(good with { Offset = 100 }), "begin at byte 100");
        yield return Bytes("nifti beginning before itself", "a.nii", GoodNifti(good with { Offset = -352 }), "begin at byte -352");
        yield return Bytes("nifti beginning behind its end", "a.nii", GoodNifti(good with { Offset = 1e9 }), "truncated");
        yield return Bytes("nifti beginning at no number", "a.nii", GoodNifti(good with { Offset = double.NaN }), "begin at byte NaN");
        yield return Bytes("nifti header without an image", "a.hdr", (good with { Pair = true }).Header(), ".img file is missing");
        yield return Bytes("gzip of nothing", "a.nii.gz", Gzip([]), "not a NIfTI");
        yield return Bytes("gzip cut off", "a.nii.gz", Gzip(GoodNifti())[..^12], "truncated");
        yield return Bytes("gzip without its checksum", "a.nii.gz", Gzip(GoodNifti())[..^8], "checksum");
        yield return Bytes("gzip with a wrong checksum", "a.nii.gz", Flip(Gzip(GoodNifti()), ^6), "checksum");
        yield return Bytes("gzip of another method", "a.nii.gz", Put(Gzip(GoodNifti()), 2, [7]), "not gzip data");
        yield return Bytes("gzip followed by garbage", "a.nii.gz", [.. Gzip(GoodNifti()), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "not gzip data");
        yield return Bytes("gzip bomb behind the voxels", "a.nii.gz", Gzip([.. GoodNifti(), .. new byte[1 << 25]]), "data after its last voxel");
        yield return Bytes("gzip bomb by its header", "a.nii.gz", Gzip([.. Header(good with { DataType = 2 }, [3, 1200, 1200, 1200, 1, 1, 1, 1])[..352], .. new byte[1 << 21]]), "truncated");
        yield return Bytes("gzip of a gzip", "a.nii.gz", Gzip(Gzip(GoodNifti())), "not a NIfTI");
        yield return Bytes("label with a negative value", "a.nii", Put(GoodNifti(), 352, [0xFF, 0xFF]), "value -1") with { IsLabel = true };
        yield return Bytes("label with a fraction", "a.nii", GoodNifti(good with { DataType = 16, Slope = 0.5 }), "value 0.5") with { IsLabel = true };
        yield return Bytes("label of NaN", "a.nii", Put(GoodNifti(good with { DataType = 16 }), 352, BitConverter.GetBytes(float.NaN)), "value NaN") with { IsLabel = true };
        yield return Bytes("label of two channels", "a.nii", [.. Header(good, [4, 2, 3, 4, 2, 1, 1, 1]), .. new byte[48]], "2 channels") with { IsLabel = true };
    }

    private static IEnumerable<Case> Metas()
    {
        foreach ((string name, string right, string wrong, string words) in ((string, string, string, string)[])
        [
            ("huge", "DimSize = 2 3 4", "DimSize = 2000000000 2000000000 2000000000", "too large to read"), ("larger than its file", "DimSize = 2 3 4", "DimSize = 200 300 400", "truncated"),
            ("edges beyond integers", "DimSize = 2 3 4", "DimSize = 1e300 1 1", "at least 1"), ("fractional edges", "DimSize = 2 3 4", "DimSize = 2.5 3 4", "at least 1"),
            ("spacing of zero", "ElementSpacing = 2 3 4", "ElementSpacing = 0 0 0", "linearly dependent axes"), ("infinite spacing", "ElementSpacing = 2 3 4", "ElementSpacing = inf 3 4", "not a list of numbers"),
            ("flat matrix", "1 0 0 0 1 0 0 0 1", "1 0 0 1 0 0 0 0 1", "linearly dependent axes"), ("matrix of two", "1 0 0 0 1 0 0 0 1", "1 0 0 1", "9 numbers"),
            ("another number of dimensions", "NDims = 3", "NDims = 4", "different number of sizes"), ("no dimensions", "NDims = 3\n", "", "no NDims"), ("no type", "ElementType = MET_SHORT\n", "", "no ElementType"),
            ("data of another folder", "LOCAL", "/etc/hostname", "not in its folder"), ("data above its folder", "LOCAL", "x/../../y.raw", "not in its folder"), ("data on a drive", "LOCAL", "C:\\x.raw", "not in its folder"), ("no data", "LOCAL", "none.raw", "does not exist"),
            ("data of the folder itself", "LOCAL", ".", "cannot be read"), ("skips before its start", "ElementDataFile", "HeaderSize = -7\nElementDataFile", "HeaderSize -7"), ("skips beyond its end", "ElementDataFile", "HeaderSize = 1e18\nElementDataFile", "HeaderSize 1e18"),
            ("packed and is not", "CompressedData = False", "CompressedData = True", "cannot be read"), ("an origin of words", "Offset = 1 2 3", "Offset = a b c", "not a list of numbers"), ("a header of controls", "Offset = 1 2 3", "Offset = \u001b[2J", "?[2J"),
        ])
        {
            string text = Meta.Replace(right, wrong, StringComparison.Ordinal);
            yield return Bytes("meta " + name, "a.mha", [.. Encoding.ASCII.GetBytes(text), .. new byte[48]], words);
        }
        yield return Bytes("meta empty", "a.mhd", [], "is empty");
        yield return Bytes("meta without an end", "a.mha", [.. Enumerable.Repeat((byte)'a', (1 << 20) + 10)], "header does not end");
        yield return Bytes("meta cut off", "a.mha", GoodMeta[..^1], "truncated");
        byte[] packed = Encoding.ASCII.GetBytes(Meta.Replace("CompressedData = False", "CompressedData = True", StringComparison.Ordinal));
        yield return Bytes("meta zlib cut off", "a.mha", [.. packed, .. Zlib(RandomBytes(48))[..20]], "truncated");
        yield return Bytes("meta zlib bomb", "a.mha", [.. packed, .. Zlib(new byte[1 << 25])], "data after its last voxel");
        yield return Bytes("meta zlib bomb by its header", "a.mha", [.. Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(packed).Replace("DimSize = 2 3 4", "DimSize = 1000 1000 1000", StringComparison.Ordinal)), .. Zlib(new byte[1 << 21])], "truncated");
    }

    private static IEnumerable<Case> Nrrds()
    {
        foreach ((string name, string right, string wrong, string words) in ((string, string, string, string)[])
        [
            ("magic", "NRRD0004", "NRRX0004", "not an NRRD"), ("huge", "sizes: 2 3 4", "sizes: 1999999999 1999999999 1999999999", "too large to read"), ("negative", "sizes: 2 3 4", "sizes: 2 -3 4", "at least 1"),
            ("dimension", "dimension: 3", "dimension: 5", "has dimension 5"), ("no sizes", "sizes: 2 3 4\n", "", "no 'sizes'"), ("no encoding", "encoding: raw\n", "", "no 'encoding'"), ("no type", "type: short\n", "", "no 'type'"),
            ("text", "encoding: raw", "encoding: ascii", "'ascii'"), ("NaN direction", "(2,0,0)", "(nan,0,0)", "not a list of numbers"), ("zero direction", "(2,0,0)", "(0,0,0)", "linearly dependent axes"), ("parallel directions", "(0,3,0)", "(3,0,0)", "linearly dependent axes"),
            ("two directions", "(2,0,0) (0,3,0) (0,0,4)", "(2,0,0) (0,3,0)", "must have 3"), ("data elsewhere", "encoding: raw", "encoding: raw\ndata file: ../../x.raw", "not in its folder"), ("data of many files", "encoding: raw", "encoding: raw\ndata file: LIST", "several files"),
            ("numbered data", "encoding: raw", "encoding: raw\ndata file: slice%03d.raw 1 9 1", "several files"), ("skip beyond all", "encoding: raw", "encoding: raw\nbyte skip: 1e300", "truncated"), ("lines beyond all", "encoding: raw", "encoding: raw\nline skip: 1e300", "truncated"),
            ("gzip that is none", "encoding: raw", "encoding: gzip", "not gzip data"),
        ])
        {
            yield return Bytes("nrrd " + name, "a.nrrd", [.. Encoding.ASCII.GetBytes(Nrrd.Replace(right, wrong, StringComparison.Ordinal)), .. new byte[48]], words);
        }
        yield return Bytes("nrrd cut off", "a.nrrd", GoodNrrd[..^1], "truncated");
        byte[] packed = Encoding.ASCII.GetBytes(Nrrd.Replace("encoding: raw", "encoding: gzip", StringComparison.Ordinal));
        yield return Bytes("nrrd gzip cut off", "a.nrrd", [.. packed, .. Gzip(RandomBytes(48))[..^9]], "checksum");
        yield return Bytes("nrrd gzip bomb", "a.nrrd", [.. packed, .. Gzip(new byte[1 << 25])], "data after its last voxel");
    }

    private static IEnumerable<Case> Dicoms()
    {
        var good = new DicomFile();
        yield return Bytes("dicom empty", "a.dcm", [], "is empty");
        yield return Bytes("dicom preamble alone", "a.dcm", good.Bytes()[..132], "no transfer syntax");
        yield return Bytes("dicom cut off within an element", "a.dcm", good.Bytes()[..190], "a.dcm");
        yield return Bytes("dicom without its last byte", "a.dcm", good.Bytes()[..^1], "truncated");
        yield return Bytes("dicom with a length beyond its end", "a.dcm", (good with { Before = [8, 0, 5, 0, (byte)'O', (byte)'B', 0, 0, 0xFE, 0xFF, 0xFF, 0x7F] }).Bytes(), "(0008,0005) has a length of 2147483646 bytes");
        yield return Bytes("dicom without a value representation", "a.dcm", (good with { Before = [8, 0, 5, 0, 1, 2, 3, 4] }).Bytes(), "no value representation");
        yield return Bytes("dicom with sequences in sequences", "a.dcm", (good with { Before = [.. Enumerable.Repeat((byte[])[8, 0, 6, 0, (byte)'S', (byte)'Q', 0, 0, 255, 255, 255, 255, 0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255], 100).SelectMany(part => part)] }).Bytes(), "nested too deeply");
        yield return Bytes("dicom with an item astray", "a.dcm", (good with { Before = [0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0] }).Bytes(), "outside of an item");
        yield return Bytes("dicom of zero rows", "a.dcm", (good with { Rows = 0 }).Bytes(), "3 x 0 pixels");
        yield return Bytes("dicom of a huge plane", "a.dcm", (good with { Rows = 65535, Columns = 65535 }).Bytes(), "truncated");
        yield return Bytes("dicom RLE of a huge plane", "a.dcm", (good with { Syntax = DicomFile.Rle, Rows = 65535, Columns = 65535 }).Bytes(), "truncated");
        yield return Bytes("dicom RLE beyond its data", "a.dcm", (good with { Syntax = DicomFile.Rle, Pixels = [2, 0, 0, 0, 64, 0, 0, 0, 255, 0, 0, 0, .. new byte[60]] }).Bytes(), "truncated or damaged");
        yield return Bytes("dicom with NaN for a place", "a.dcm", (good with { Position = @"nan\0\0" }).Bytes(), "not a list of numbers");
        yield return Bytes("dicom with two numbers for a place", "a.dcm", (good with { Position = @"1\0" }).Bytes(), "must have 3 numbers");
        yield return Bytes("dicom with directions of zero", "a.dcm", (good with { Orientation = @"0\0\0\0\0\0" }).Bytes(), "perpendicular");
        yield return Bytes("dicom with infinite rescaling", "a.dcm", (good with { Slope = "1e999" }).Bytes(), "not a list of numbers");
        yield return Series("series with a slice cut off", (folder, slice) => File.WriteAllBytes(Path.Combine(folder, "9.dcm"), slice.At(9).Bytes()[..^3]), "truncated");
        yield return Series("series with a slice of another size", (folder, slice) => (slice with { Columns = 2, Values = [1, 2, 3, 4] }).At(9).Save(folder, "9.dcm"), "2 series or orientations");
        yield return Series("series with a gap", (folder, slice) => slice.At(20).Save(folder, "9.dcm"), "Slices are missing");
        yield return Series("series with a slice twice", (folder, slice) => slice.At(1).Save(folder, "9.dcm"), "two slices at 1 mm");
        yield return Series("series off its line", (folder, slice) => (slice with { Position = @"90\-20\3" }).Save(folder, "9.dcm"), "not on a straight line");
    }

    private static Case Series(string name, Action<string, DicomFile> add, string words) => new(name, "series", path =>
    {
        var slice = new DicomFile();
        for (int k = 0; k < 3; k++) slice.At(k).Save(path, $"{k}.dcm");
        add(path, slice);
    }, words);

    private static Case Bytes(string name, string file, byte[] bytes, string words) => new(name, file, path => File.WriteAllBytes(path, bytes), words);

    private static byte[] Header(NiftiFile file, long[] dimensions) => [.. (file with { Dimensions = dimensions }).Header(), .. new byte[48]];

    private static byte[] Put(byte[] bytes, int at, ReadOnlySpan<byte> value)
    {
        value.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 0x40;
        return bytes;
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Packed(byte[] bytes, Func<Stream, Stream> pack)
    {
        using var memory = new MemoryStream();
        using (Stream stream = pack(memory)) stream.Write(bytes);
        byte[] packed = memory.ToArray();
        return packed.Length > 0 ? packed : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}
