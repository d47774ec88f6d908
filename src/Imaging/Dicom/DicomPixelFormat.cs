namespace HiEndMae.Imaging.Dicom;

/// <summary>How a pixel is stored.</summary>
/// <param name="Width">Bytes of a pixel.</param>
/// <param name="Stored">Bits that count.</param>
/// <param name="HighBit">Number of the highest of them.</param>
/// <param name="IsSigned">Two's complement.</param>
/// <param name="IsBigEndian">Highest byte first.</param>
/// <param name="IsRle">Run-length coded.</param>
/// <param name="SwapsBytes">Single bytes in words of the other order.</param>
internal sealed record DicomPixelFormat(int Width, int Stored, int HighBit, bool IsSigned, bool IsBigEndian, bool IsRle, bool SwapsBytes)
{
    private const int MostRunLength = 128; // pixels that two bytes of a run stand for

    /// <summary>The NIfTI datatype of a pixel once it is unpacked.</summary>
    public int DataType => (Width, IsSigned) switch
    {
        (1, false) => 2,
        (1, true) => 256,
        (2, false) => 512,
        (2, true) => 4,
        (_, false) => 768,
        _ => 8,
    };

    /// <summary>Reads it from a header, and whether so many pixels can be there.</summary>
    /// <exception cref="VolumeException">It is of another kind, or the file too short.</exception>
    public static DicomPixelFormat Of(DicomHeader header, long pixels)
    {
        int allocated = header.Number(DicomTag.BitsAllocated) ?? 0, stored = header.Number(DicomTag.BitsStored) ?? allocated, high = header.Number(DicomTag.HighBit) ?? stored - 1;
        if (allocated is not (8 or 16 or 32)) throw new VolumeException($"'{header.Path}' has {allocated} bits per pixel; 8, 16 and 32 are read.");
        if (stored < 1 || high < stored - 1 || high >= allocated) throw new VolumeException($"'{header.Path}' says that {stored} bits up to number {high} of {allocated} count: the file is broken.");
        int representation = header.Number(DicomTag.PixelRepresentation) ?? 0;
        if (representation > 1) throw new VolumeException($"'{header.Path}' says PixelRepresentation {representation}; 0 and 1 are known.");
        long bytes = pixels * (allocated / 8), left = header.FileLength - header.PixelOffset;
        if (header.Syntax.IsRle != (header.PixelLength is null)) throw new VolumeException($"'{header.Path}' is broken: its pixels do not stand as {header.Syntax.Name} has them.");
        bool isShort = header.Syntax.IsRle ? bytes > left * MostRunLength / 2 : header.PixelLength > left || bytes > header.PixelLength;
        if (isShort) throw new VolumeException($"'{header.Path}' is cut off: it ends before its {pixels} pixels do.");
        return new DicomPixelFormat(allocated / 8, stored, high, representation == 1, header.Syntax.IsBigEndian, header.Syntax.IsRle,
            allocated == 8 && header.Syntax.IsBigEndian && header.HasWords);
    }
}
