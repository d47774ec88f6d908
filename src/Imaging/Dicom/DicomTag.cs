namespace HiEndMae.Imaging.Dicom;

/// <summary>The data elements that this reader uses: group in the upper, element in the lower 16 bits (PS3.6).</summary>
internal static class DicomTag
{
    public const uint TransferSyntax = 0x0002_0010, SopClass = 0x0008_0016, Modality = 0x0008_0060, SeriesDescription = 0x0008_103E;
    public const uint SliceThickness = 0x0018_0050, SpacingBetweenSlices = 0x0018_0088;
    public const uint StudyUid = 0x0020_000D, SeriesUid = 0x0020_000E, SeriesNumber = 0x0020_0011;
    public const uint Position = 0x0020_0032, Orientation = 0x0020_0037, FrameOfReference = 0x0020_0052;
    public const uint SamplesPerPixel = 0x0028_0002, Photometric = 0x0028_0004, Frames = 0x0028_0008, Rows = 0x0028_0010, Columns = 0x0028_0011, PixelSpacing = 0x0028_0030;
    public const uint BitsAllocated = 0x0028_0100, BitsStored = 0x0028_0101, HighBit = 0x0028_0102, PixelRepresentation = 0x0028_0103;
    public const uint RescaleIntercept = 0x0028_1052, RescaleSlope = 0x0028_1053, ModalityLut = 0x0028_3000;
    public const uint SharedGroups = 0x5200_9229, FrameGroups = 0x5200_9230, PlanePosition = 0x0020_9113, PlaneOrientation = 0x0020_9116, PixelMeasures = 0x0028_9110, ValueTransformation = 0x0028_9145;
    public const uint PixelData = 0x7FE0_0010, Item = 0xFFFE_E000, ItemEnd = 0xFFFE_E00D, SequenceEnd = 0xFFFE_E0DD;

    /// <summary>The elements whose values are kept.</summary>
    public static bool IsRead(uint tag) => tag is TransferSyntax or SopClass or Modality or SeriesDescription or SliceThickness or SpacingBetweenSlices
        or StudyUid or SeriesUid or SeriesNumber or Position or Orientation or FrameOfReference or SamplesPerPixel or Photometric or Frames or Rows or Columns or PixelSpacing
        or BitsAllocated or BitsStored or HighBit or PixelRepresentation or RescaleIntercept or RescaleSlope;

    /// <summary>The functional groups of enhanced images whose elements are kept (PS3.3, C.7.6.16).</summary>
    public static bool IsGroupRead(uint tag) => tag is PlanePosition or PlaneOrientation or PixelMeasures or ValueTransformation;

    /// <summary>Formats a tag as (gggg,eeee).</summary>
    public static string Text(uint tag) => FormattableString.Invariant($"({tag >> 16:X4},{tag & 0xFFFF:X4})");
}
