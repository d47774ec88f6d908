using System.Buffers.Binary;

namespace HiEndMae.Imaging;

/// <summary>Parses a NIfTI-1 or NIfTI-2 header.</summary>
/// <remarks>Layout: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.</remarks>
internal ref struct NiftiHeaderParser(ReadOnlySpan<byte> bytes, bool swap, bool isSecond, string path)
{
    public const int FirstSize = 348, SecondSize = 540;
    private const int Extension = 4; // bytes after the header of a single file that say whether extensions follow
    private const long MostVoxels = 1L << 31;
    private readonly ReadOnlySpan<byte> bytes = bytes;

    public static NiftiHeader Parse(ReadOnlySpan<byte> bytes, string path)
    {
        int size = bytes.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes), swapped = BinaryPrimitives.ReverseEndianness(size);
        bool first = size == FirstSize || swapped == FirstSize, second = size == SecondSize || swapped == SecondSize;
        if (!first && !second) throw new VolumeException($"'{path}' is not a NIfTI file.");
        if (bytes.Length < (second ? SecondSize : FirstSize)) throw new VolumeException($"'{path}' is truncated: it ends inside its NIfTI header.");
        return new NiftiHeaderParser(bytes, size != FirstSize && size != SecondSize, second, path).Parse();
    }

    private readonly NiftiHeader Parse()
    {
        ReadOnlySpan<byte> magic = bytes.Slice(isSecond ? 4 : 344, 3);
        bool pair = magic.SequenceEqual(isSecond ? "ni2"u8 : "ni1"u8);
        if (!pair && !magic.SequenceEqual(isSecond ? "n+2"u8 : "n+1"u8))
            throw new VolumeException($"'{path}' has no NIfTI magic. Analyze 7.5 files are not supported, because they do not contain an orientation.");
        long dimensions = Dimension(0);
        if (dimensions is < 1 or > 7) throw Broken($"has {dimensions} dimensions");
        long[] edges = [1, 1, 1, 1, 1, 1, 1];
        for (int i = 0; i < dimensions; i++) edges[i] = Dimension(i + 1);
        long voxels = 1;
        foreach (long edge in edges)
        {
            if (edge is < 1 or > int.MaxValue || (voxels *= edge) >= MostVoxels) throw Broken($"has an impossible size of {string.Join(" x ", edges[..(int)dimensions])} voxels");
        }
        double slope = isSecond ? Double(176) : Float(112), intercept = isSecond ? Double(184) : Float(116);
        bool scaled = double.IsFinite(slope) && slope != 0 && double.IsFinite(intercept);
        double offset = isSecond ? BinaryPrimitives.ReadInt64LittleEndian(Ordered(168, 8)) : Float(108);
        int end = pair ? 0 : Extension + (isSecond ? SecondSize : FirstSize);
        // Some programs write 0 into single files. It means "directly after the header".
        if (!(offset == 0 || offset >= end && offset < 1L << 40)) throw Broken(FormattableString.Invariant($"has voxels that begin at byte {offset}"));
        Affine affine = ReadAffine();
        if (!affine.IsInvertible) throw Broken("has a singular affine");
        return new NiftiHeader((int)(edges[3] * edges[4] * edges[5] * edges[6]), new Size3((int)edges[0], (int)edges[1], (int)edges[2]), affine,
            Short(isSecond ? 12 : 70), scaled ? slope : 1, scaled ? intercept : 0)
        {
            Forms = ReadForms(new Size3((int)edges[0], (int)edges[1], (int)edges[2])),
            UnitMm = ReadUnit(),
            SwapBytes = swap,
            DataOffset = Math.Max((long)offset, end),
            IsPair = pair,
        };
    }

    private readonly NiftiForms ReadForms(Size3 size)
    {
        var (pixdim, qform, sform) = (new double[4], new double[6], new double[12]);
        for (int i = 0; i < pixdim.Length; i++) pixdim[i] = Pixel(i);
        for (int i = 0; i < qform.Length; i++) qform[i] = Quaternion(i);
        for (int i = 0; i < sform.Length; i++) sform[i] = Row(i);
        return new NiftiForms(QformCode, SformCode, pixdim, qform, sform, size);
    }

    // The lowest three bits of xyzt_units: 1 for metres, 2 for millimetres, 3 for micrometres.
    private readonly double ReadUnit() => ((isSecond ? Int(500) : bytes[123]) & 7) switch
    {
        1 => 1000,
        3 => 1e-3,
        _ => 1,
    };

    private readonly int QformCode => isSecond ? Int(344) : Short(252);

    private readonly int SformCode => isSecond ? Int(348) : Short(254);

    private readonly double Row(int index) => isSecond ? Double(400 + 8 * index) : Float(280 + 4 * index);

    private readonly Affine ReadAffine()
    {
        int qform = QformCode, sform = SformCode;
        double[] sizes = [Pixel(1), Pixel(2), Pixel(3)];
        if (sform > 0)
        {
            var rows = new double[3, 4];
            for (int i = 0; i < 12; i++) rows[i / 4, i % 4] = Row(i);
            return Affine.FromRows(rows);
        }
        for (int axis = 0; axis < 3; axis++) sizes[axis] = Math.Abs(sizes[axis]) is > 0 and var edge && double.IsFinite(edge) ? edge : 1;
        if (qform <= 0)
        {
            // Without sform and qform: voxel sizes with x to the left and a centred origin, as nibabel reads such files.
            return new Affine(-sizes[0], 0, 0, sizes[0] * (Dimension(1) - 1) / 2.0, 0, sizes[1], 0, -sizes[1] * (Dimension(2) - 1) / 2.0, 0, 0, sizes[2], -sizes[2] * (Math.Max(1, Dimension(3)) - 1) / 2.0);
        }
        double b = Quaternion(0), c = Quaternion(1), d = Quaternion(2), rest = 1 - (b * b + c * c + d * d);
        if (!(rest > -0.01)) throw Broken("has a quaternion that is not a rotation");
        // A half turn has a = 0, which rounding would turn into a small angle. The threshold is nibabel's.
        double threshold = 3 * (isSecond ? double.BitIncrement(1) - 1 : float.BitIncrement(1) - 1);
        double a = rest < threshold ? 0 : Math.Sqrt(rest), norm = Math.Sqrt(a * a + b * b + c * c + d * d); // not exactly 1 after single precision
        (a, b, c, d) = (a / norm, b / norm, c / norm, d / norm);
        double factor = Pixel(0) < 0 ? -1 : 1;
        double sx = sizes[0], sy = sizes[1], sz = sizes[2] * factor;
        return new Affine(
            (a * a + b * b - c * c - d * d) * sx, 2 * (b * c - a * d) * sy, 2 * (b * d + a * c) * sz, Quaternion(3),
            2 * (b * c + a * d) * sx, (a * a + c * c - b * b - d * d) * sy, 2 * (c * d - a * b) * sz, Quaternion(4),
            2 * (b * d - a * c) * sx, 2 * (c * d + a * b) * sy, (a * a + d * d - b * b - c * c) * sz, Quaternion(5));
    }

    // quatern_b, c, d, then qoffset_x, y, z.
    private readonly double Quaternion(int index) => isSecond ? Double(352 + 8 * index) : Float(256 + 4 * index);

    private readonly double Pixel(int index) => isSecond ? Double(104 + 8 * index) : Float(76 + 4 * index);

    private readonly long Dimension(int index) => isSecond ? BinaryPrimitives.ReadInt64LittleEndian(Ordered(16 + 8 * index, 8)) : Short(40 + 2 * index);

    private readonly short Short(int at) => BinaryPrimitives.ReadInt16LittleEndian(Ordered(at, 2));

    private readonly int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(Ordered(at, 4));

    private readonly float Float(int at) => BinaryPrimitives.ReadSingleLittleEndian(Ordered(at, 4));

    private readonly double Double(int at) => BinaryPrimitives.ReadDoubleLittleEndian(Ordered(at, 8));

    private readonly byte[] Ordered(int at, int length)
    {
        byte[] value = bytes.Slice(at, length).ToArray();
        if (swap) Array.Reverse(value);
        return value;
    }

    private readonly VolumeException Broken(string what) => new($"'{path}' is damaged: it {what}.");
}
