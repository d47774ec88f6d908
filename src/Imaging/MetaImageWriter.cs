using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace HiEndMae.Imaging;

/// <summary>Writes MetaImage files: .mha, or .mhd with a .zraw (or .raw) file beside it; little endian, channels as the fourth dimension, geometry in double precision.</summary>
/// <remarks>A file appears under its name only when it is complete. The data file of a pair appears first.</remarks>
public static class MetaImageWriter
{
    /// <summary>Writes intensities as MET_FLOAT.</summary>
    /// <param name="path">The file to write, ending in .mha or .mhd, in an existing folder. An old file is replaced.</param>
    /// <param name="volume">The volume to write.</param>
    /// <param name="isCompressed">Whether to compress the voxels with zlib.</param>
    /// <param name="cancel">Cancels writing; no file is left behind.</param>
    /// <exception cref="VolumeException">The extension is wrong, the affine of the volume is singular, or the file cannot be written.</exception>
    public static void Write(string path, Volume<float> volume, bool isCompressed, CancellationToken cancel) => Write(path, volume, "MET_FLOAT", isCompressed, cancel);

    /// <summary>Writes a label map as MET_USHORT.</summary>
    /// <inheritdoc cref="Write(string, Volume{float}, bool, CancellationToken)"/>
    public static void Write(string path, Volume<ushort> volume, bool isCompressed, CancellationToken cancel) => Write(path, volume, "MET_USHORT", isCompressed, cancel);

    private static void Write<T>(string path, Volume<T> volume, string type, bool isCompressed, CancellationToken cancel) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(volume);
        bool isAlone = path.EndsWith(".mha", StringComparison.OrdinalIgnoreCase);
        if (!isAlone && !path.EndsWith(".mhd", StringComparison.OrdinalIgnoreCase)) throw new VolumeException($"'{path}' cannot be written: the name of a MetaImage file must end in .mha or .mhd.");
        if (!volume.Affine.IsInvertible) throw new VolumeException($"'{path}' cannot be written: its affine is singular.");
        string data = Path.ChangeExtension(path, isCompressed ? ".zraw" : ".raw");
        byte[] header = Encoding.ASCII.GetBytes(Header(volume, type, isCompressed, isAlone ? "LOCAL" : Path.GetFileName(data)));
        VolumeFile.Replace(isAlone ? [path] : [data, path], files =>
        {
            files[^1].Write(header);
            if (!isCompressed)
            {
                VoxelStream.Write(files[0], volume, cancel);
                return;
            }
            using var packed = new ZLibStream(files[0], CompressionLevel.Fastest, leaveOpen: true);
            VoxelStream.Write(packed, volume, cancel);
        });
    }

    private static string Header<T>(Volume<T> volume, string type, bool isCompressed, string data) where T : unmanaged
    {
        bool isFourth = volume.Channels > 1;
        Affine affine = volume.Affine;
        Spacing3 spacing = affine.Spacing;
        var matrix = new List<double>();
        for (int axis = 0; axis < 3; axis++)
        {
            // Converts from RAS+ to LPS, one direction after another.
            for (int row = 0; row < 3; row++) matrix.Add((row < 2 ? -1 : 1) * affine[row, axis] / spacing[axis] + 0.0);
            if (isFourth) matrix.Add(0);
        }
        if (isFourth) matrix.AddRange([0, 0, 0, 1]);
        double[] offset = [-affine.M03 + 0.0, -affine.M13 + 0.0, affine.M23, .. isFourth ? new double[1] : []];
        double[] sizes = [spacing.X, spacing.Y, spacing.Z, .. isFourth ? [1.0] : Array.Empty<double>()];
        string dimensions = FormattableString.Invariant($"{volume.Size.X} {volume.Size.Y} {volume.Size.Z}") + (isFourth ? FormattableString.Invariant($" {volume.Channels}") : "");
        return $"""
            ObjectType = Image
            NDims = {(isFourth ? 4 : 3)}
            BinaryData = True
            BinaryDataByteOrderMSB = False
            CompressedData = {isCompressed}
            TransformMatrix = {Text(matrix)}
            Offset = {Text(offset)}
            CenterOfRotation = {Text(new double[isFourth ? 4 : 3])}
            ElementSpacing = {Text(sizes)}
            DimSize = {dimensions}
            ElementType = {type}
            ElementDataFile = {data}

            """.ReplaceLineEndings("\n");
    }

    private static string Text(IEnumerable<double> numbers) => string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
