using System.Buffers.Binary;

namespace HiEndMae.Imaging;

/// <summary>Formats a NIfTI-1 header for a single file, 352 bytes long.</summary>
/// <remarks>Layout: nifti1.h of the NIfTI Data Format Working Group.</remarks>
internal static class NiftiHeaderFormatter
{
    private const int Length = 352, HeaderSize = 348;
    private const short Aligned = 2; // NIFTI_XFORM_ALIGNED_ANAT, as nibabel writes
    private const byte Millimetres = 2;

    /// <summary>Returns null if a size does not fit into the 16 bits of the format.</summary>
    public static byte[]? Format(int channels, Size3 size, Affine affine, NiftiForms? forms, short datatype, int width)
    {
        if (Math.Max(Math.Max(size.X, size.Y), Math.Max(size.Z, channels)) > short.MaxValue) return null;
        var bytes = new byte[Length];
        Span<byte> header = bytes;
        BinaryPrimitives.WriteInt32LittleEndian(header, HeaderSize);
        ReadOnlySpan<int> dimensions = channels == 1 ? [3, size.X, size.Y, size.Z, 1, 1, 1, 1] : [4, size.X, size.Y, size.Z, channels, 1, 1, 1];
        for (int i = 0; i < dimensions.Length; i++) Short(header, 40 + 2 * i, (short)dimensions[i]);
        Short(header, 70, datatype);
        Short(header, 72, (short)(8 * width));
        Float(header, 92, 1);
        Float(header, 108, Length);
        Float(header, 112, 1); // scl_slope
        header[123] = Millimetres;
        if (forms is null) WriteForms(header, affine);
        else WriteForms(header, forms);
        "n+1"u8.CopyTo(header[344..]);
        return bytes;
    }

    // The same position in both forms.
    private static void WriteForms(Span<byte> header, Affine affine)
    {
        (double b, double c, double d, bool mirrored) = Rotation.ToQuaternion(Rotation.Closest(affine));
        Spacing3 spacing = affine.Spacing;
        Float(header, 76, mirrored ? -1 : 1);
        for (int axis = 0; axis < 3; axis++) Float(header, 80 + 4 * axis, spacing[axis]);
        Short(header, 252, Aligned);
        Short(header, 254, Aligned);
        Float(header, 256, b);
        Float(header, 260, c);
        Float(header, 264, d);
        for (int row = 0; row < 3; row++)
        {
            Float(header, 268 + 4 * row, affine[row, 3]);
            for (int column = 0; column < 4; column++) Float(header, 280 + 4 * (row * 4 + column), affine[row, column]);
        }
    }

    private static void WriteForms(Span<byte> header, NiftiForms forms)
    {
        Short(header, 252, (short)forms.QformCode);
        Short(header, 254, (short)forms.SformCode);
        for (int i = 0; i < 4; i++) Float(header, 76 + 4 * i, forms.Pixdim[i]);
        for (int i = 0; i < 6; i++) Float(header, 256 + 4 * i, forms.Qform[i]);
        for (int i = 0; i < 12; i++) Float(header, 280 + 4 * i, forms.Sform[i]);
    }

    private static void Short(Span<byte> header, int at, short value) => BinaryPrimitives.WriteInt16LittleEndian(header[at..], value);

    private static void Float(Span<byte> header, int at, double value) => BinaryPrimitives.WriteSingleLittleEndian(header[at..], (float)value);
}
