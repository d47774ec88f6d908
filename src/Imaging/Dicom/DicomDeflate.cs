using System.IO.Compression;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Inflates files of the transfer syntax Deflated Explicit VR Little Endian (PS3.5, A.5).</summary>
internal static class DicomDeflate
{
    private const long MostInflated = 1L << 30;
    private const int Piece = 1 << 18;

    /// <summary>Inflates the rest of a stream.</summary>
    /// <exception cref="VolumeException">There is more than a gibibyte, which no slice has.</exception>
    public static MemoryStream Inflate(Stream packed, string path)
    {
        var inflated = new MemoryStream();
        using var inflater = new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true);
        var piece = new byte[Piece];
        for (int read; (read = inflater.Read(piece)) > 0;)
        {
            inflated.Write(piece, 0, read);
            if (inflated.Length > MostInflated) throw new VolumeException($"'{path}' unpacks to more than {MostInflated} bytes, which is too large to read.");
        }
        inflated.Position = 0;
        return inflated;
    }
}
