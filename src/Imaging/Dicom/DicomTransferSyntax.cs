namespace HiEndMae.Imaging.Dicom;

/// <summary>A transfer syntax: how a file encodes its elements and pixels (PS3.5, annex A).</summary>
/// <param name="Name">Name in PS3.6.</param>
/// <param name="IsExplicit">Whether elements state their value representation.</param>
/// <param name="IsBigEndian">Whether numbers begin with the highest byte.</param>
/// <param name="IsRle">Whether pixels are run-length encoded.</param>
/// <param name="IsRead">Whether this reader can decode the pixels.</param>
/// <param name="IsJpegLossless">Whether pixels are encoded by JPEG Lossless.</param>
/// <param name="IsDeflated">Whether everything after the meta elements is compressed.</param>
internal sealed record DicomTransferSyntax(string Name, bool IsExplicit, bool IsBigEndian, bool IsRle, bool IsRead, bool IsJpegLossless = false, bool IsDeflated = false)
{
    /// <summary>Whether pixels stand in items until a delimiter.</summary>
    public bool IsEncapsulated => IsRle || IsJpegLossless;

    private const string Root = "1.2.840.10008.1.2", Unknown = "an unknown transfer syntax";

    /// <summary>Whether this reader can parse the elements before the pixels.</summary>
    public bool IsParsed => Name != Unknown;

    public static DicomTransferSyntax Of(string uid) => uid switch
    {
        Root => new("Implicit VR Little Endian", false, false, false, true),
        Root + ".1" => new("Explicit VR Little Endian", true, false, false, true),
        Root + ".2" => new("Explicit VR Big Endian", true, true, false, true),
        Root + ".5" => new("RLE Lossless", true, false, true, true),
        Root + ".1.99" => new("Deflated Explicit VR Little Endian", true, false, false, true, IsDeflated: true),
        Root + ".4.50" => Foreign("JPEG Baseline"),
        Root + ".4.51" => Foreign("JPEG Extended"),
        Root + ".4.57" => Lossless("JPEG Lossless"),
        Root + ".4.70" => Lossless("JPEG Lossless, First-Order Prediction"),
        Root + ".4.80" => Foreign("JPEG-LS Lossless"),
        Root + ".4.81" => Foreign("JPEG-LS Near-Lossless"),
        Root + ".4.90" => Foreign("JPEG 2000 Lossless"),
        Root + ".4.91" => Foreign("JPEG 2000"),
        Root + ".4.201" or Root + ".4.202" or Root + ".4.203" => Foreign("High-Throughput JPEG 2000"),
        _ => new(Unknown, true, false, false, false),
    };

    private static DicomTransferSyntax Lossless(string name) => new(name, true, false, false, true, IsJpegLossless: true);

    private static DicomTransferSyntax Foreign(string name) => new(name, true, false, false, false);
}
