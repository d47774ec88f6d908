namespace HiEndMae.Imaging.Dicom;

/// <summary>Describes how pixels are stored.</summary>
/// <param name="Width">Number of bytes per pixel.</param>
/// <param name="Stored">Number of bits that hold the value.</param>
/// <param name="HighBit">Index of the highest of these bits.</param>
/// <param name="IsSigned">Whether values are in two's complement.</param>
/// <param name="IsBigEndian">Whether the highest byte comes first.</param>
/// <param name="IsRle">Whether pixels are run-length encoded.</param>
/// <param name="SwapsBytes">Whether single-byte pixels are stored in words of the other byte order.</param>
/// <param name="IsJpegLossless">Whether pixels are encoded by JPEG Lossless.</param>
internal sealed record DicomPixelFormat(int Width, int Stored, int HighBit, bool IsSigned, bool IsBigEndian, bool IsRle, bool SwapsBytes, bool IsJpegLossless)
{
    private const int MostRunLength = 128; // the most pixels that a run of two bytes can encode
    private const int MostPerByte = 16; // the most bytes of pixels that a byte of one-bit codes can encode

    /// <summary>The NIfTI datatype of a decoded pixel.</summary>
    public int DataType => (Width, IsSigned) switch
    {
        (1, false) => 2,
        (1, true) => 256,
        (2, false) => 512,
        (2, true) => 4,
        (_, false) => 768,
        _ => 8,
    };

    /// <summary>Reads the format from a header and checks that the file is long enough for its pixels.</summary>
    /// <param name="header">The header.</param>
    /// <param name="pixels">Number of pixels of all frames.</param>
    /// <exception cref="VolumeException">The format is not supported, or the file is too short.</exception>
    public static DicomPixelFormat Of(DicomHeader header, long pixels)
    {
        int allocated = header.Number(DicomTag.BitsAllocated) ?? 0, stored = header.Number(DicomTag.BitsStored) ?? allocated, high = header.Number(DicomTag.HighBit) ?? stored - 1;
        if (allocated is not (8 or 16 or 32)) throw new VolumeException($"'{header.Path}' has {allocated} bits per pixel; supported are 8, 16 and 32.");
        if (stored < 1 || high < stored - 1 || high >= allocated) throw new VolumeException($"'{header.Path}' is damaged: it has BitsStored {stored} and HighBit {high} for BitsAllocated {allocated}.");
        int representation = header.Number(DicomTag.PixelRepresentation) ?? 0;
        if (representation > 1) throw new VolumeException($"'{header.Path}' has PixelRepresentation {representation}; allowed are 0 and 1.");
        long bytes = pixels * (allocated / 8), left = header.FileLength - header.PixelOffset;
        if (header.Syntax.IsEncapsulated != (header.PixelLength is null)) throw new VolumeException($"'{header.Path}' is damaged: its pixels are not stored as its transfer syntax {header.Syntax.Name} requires.");
        if (header.Syntax.IsJpegLossless && allocated > 16) throw new VolumeException($"'{header.Path}' has {allocated} bits per pixel in {header.Syntax.Name}; supported are 8 and 16.");
        bool isShort = header.Syntax.IsJpegLossless ? bytes > left * MostPerByte : header.Syntax.IsRle ? bytes > left * MostRunLength / 2 : header.PixelLength > left || bytes > header.PixelLength;
        if (isShort) throw new VolumeException($"'{header.Path}' is truncated: it ends before the last of its {pixels} pixels.");
        return new DicomPixelFormat(allocated / 8, stored, high, representation == 1, header.Syntax.IsBigEndian, header.Syntax.IsRle,
            allocated == 8 && header.Syntax.IsBigEndian && header.HasWords, header.Syntax.IsJpegLossless);
    }
}
