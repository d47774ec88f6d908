using System.IO.Compression;

namespace HiEndMae.Imaging;

/// <summary>Reads MetaImage files: .mha, or .mhd with a data file beside it; raw or zlib, in either byte order. Axes and origin are converted from LPS to RAS+.</summary>
/// <remarks>Source: the MetaIO documentation of ITK. The matrix contains the direction of one axis after another.</remarks>
internal static class MetaImageReader
{
    private static readonly Dictionary<string, int> Types = new(StringComparer.Ordinal)
    {
        ["MET_CHAR"] = 256, ["MET_UCHAR"] = 2, ["MET_SHORT"] = 4, ["MET_USHORT"] = 512, ["MET_INT"] = 8, ["MET_UINT"] = 768, ["MET_LONG"] = 8, ["MET_ULONG"] = 768,
        ["MET_LONG_LONG"] = 1024, ["MET_ULONG_LONG"] = 1280, ["MET_FLOAT"] = 16, ["MET_DOUBLE"] = 64,
    };

    public static NiftiHeader ReadHeader(string path) => VolumeFile.Guarded(path, () =>
    {
        using FileStream file = VolumeFile.Open(path);
        return Parse(Fields(file, path), path);
    });

    /// <summary>Returns the header file, and the data file if it is a separate one.</summary>
    public static IReadOnlyList<string> Files(string path) => VolumeFile.Guarded<IReadOnlyList<string>>(path, () =>
    {
        using FileStream file = VolumeFile.Open(path);
        Dictionary<string, string> fields = Fields(file, path);
        Parse(fields, path);
        return IsLocal(fields) ? [path] : [path, TextHeaderFile.Beside(path, fields["ElementDataFile"])];
    });

    public static Volume<T> Read<T>(string path, VoxelConversion<T> convert, CancellationToken cancel)
        where T : unmanaged => VolumeFile.Guarded(path, () =>
    {
        using FileStream file = VolumeFile.Open(path);
        Dictionary<string, string> fields = Fields(file, path);
        NiftiHeader header = Parse(fields, path);
        bool isLocal = IsLocal(fields);
        using FileStream data = isLocal ? file : VolumeFile.Open(TextHeaderFile.Beside(path, fields["ElementDataFile"]));
        if (IsTrue(fields, "CompressedData"))
        {
            long start = data.Position;
            using var packed = new ZLibStream(data, CompressionMode.Decompress);
            return VoxelStream.Read(header, packed, data.Length, 0, path, convert, cancel, () => new ZLibStream(VolumeFile.OpenAt(data.Name, start), CompressionMode.Decompress));
        }
        long bytes = header.Size.Count * header.Channels * (NiftiVoxels.Width(header.DataType) ?? 0);
        double skip = fields.TryGetValue("HeaderSize", out string? text) ? TextHeaderFile.Numbers(path, "HeaderSize", text, 1)[0] : 0;
        if (skip < -1 || skip > data.Length) throw new VolumeException($"'{path}' has HeaderSize {TextHeaderFile.Shown(text!)}, but its data file has {data.Length} bytes.");
        // -1 means that the voxels are at the end of the file.
        if (skip == -1) data.Position = Math.Max(0, data.Length - bytes);
        else if (skip > 0 && !isLocal) data.Position = (long)skip;
        if (data.Length - data.Position < bytes) throw new VolumeException($"'{path}' is truncated: it ends before its data do.");
        return VoxelStream.Read(header, data, data.Length, 0, path, convert, cancel);
    });

    private static Dictionary<string, string> Fields(Stream stream, string path)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in TextHeaderFile.Lines(stream, path, line => line.StartsWith("ElementDataFile", StringComparison.Ordinal)))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) fields[line[..equals].Trim()] = line[(equals + 1)..].Trim();
        }
        return fields.ContainsKey("ElementDataFile") ? fields : throw new VolumeException($"'{path}' is not a MetaImage: it has no ElementDataFile.");
    }

    private static NiftiHeader Parse(Dictionary<string, string> fields, string path)
    {
        string Need(string key) => fields.TryGetValue(key, out string? text) ? text : throw new VolumeException($"'{path}' is incomplete: it has no {key}.");
        string? First(params string[] keys) => keys.Select(key => fields.GetValueOrDefault(key)).FirstOrDefault(text => text is not null);
        double[] sizes = TextHeaderFile.Numbers(path, "DimSize", Need("DimSize"), -1);
        (Size3 size, int channels) = TextHeaderFile.Sizes(path, sizes);
        int dimensions = (int)TextHeaderFile.Numbers(path, "NDims", Need("NDims"), 1)[0];
        if (sizes.Length != dimensions) throw new VolumeException($"'{path}' has NDims {dimensions}, but a different number of sizes.");
        if (!Types.TryGetValue(Need("ElementType"), out int type)) throw new VolumeException($"'{path}' has values of {TextHeaderFile.Shown(fields["ElementType"])}; supported are integers and real numbers.");
        double side = First("ElementNumberOfChannels") is { } said ? TextHeaderFile.Numbers(path, "ElementNumberOfChannels", said, 1)[0] : 1;
        if (side != Math.Floor(side) || side < 1 || (side > 1 && channels > 1)) throw new VolumeException($"'{path}' has {side.ToString(System.Globalization.CultureInfo.InvariantCulture)} values per voxel in {dimensions} dimensions; supported are one value, or several in three dimensions.");
        if (side > 1) channels = TextHeaderFile.Sizes(path, [size.X, size.Y, size.Z, side]).Channels;
        if (fields.TryGetValue("BinaryData", out _) && !IsTrue(fields, "BinaryData")) throw new VolumeException($"'{path}' stores its values as text, which is not supported; save it in binary.");
        if (Need("ElementDataFile") is "LIST" or "" || fields["ElementDataFile"].Contains('%', StringComparison.Ordinal)) throw new VolumeException($"'{path}' is spread over several files, which is not supported; save it as one.");
        double[] spacing = First("ElementSpacing", "ElementSize") is { } edges ? TextHeaderFile.Numbers(path, "ElementSpacing", edges, dimensions) : [.. Enumerable.Repeat(1.0, dimensions)];
        double[] origin = First("Offset", "Position", "Origin") is { } place ? TextHeaderFile.Numbers(path, "Offset", place, dimensions) : new double[dimensions];
        double[]? matrix = First("TransformMatrix", "Rotation", "Orientation") is { } turned ? TextHeaderFile.Numbers(path, "TransformMatrix", turned, dimensions * dimensions) : null;
        double[][] axes = [.. Enumerable.Range(0, 3).Select(axis => Enumerable.Range(0, 3).Select(row =>
            (axis < dimensions && row < dimensions ? matrix?[(axis * dimensions) + row] ?? (axis == row ? 1 : 0) : axis == row ? 1 : 0) * (axis < dimensions ? spacing[axis] : 1)).ToArray())];
        double[] start = [.. origin.Take(3), .. new double[Math.Max(0, 3 - dimensions)]];
        return new NiftiHeader(channels, size, TextHeaderFile.Affine(path, axes, start, isLeft: true, isPosterior: true), type, 1, 0)
        {
            IsInterleaved = side > 1,
            SwapBytes = BitConverter.IsLittleEndian == (IsTrue(fields, "BinaryDataByteOrderMSB") || IsTrue(fields, "ElementByteOrderMSB")),
        };
    }

    private static bool IsLocal(Dictionary<string, string> fields) => fields["ElementDataFile"].Equals("LOCAL", StringComparison.OrdinalIgnoreCase);

    private static bool IsTrue(Dictionary<string, string> fields, string key) =>
        fields.TryGetValue(key, out string? text) && (text.Equals("True", StringComparison.OrdinalIgnoreCase) || text == "1");
}
