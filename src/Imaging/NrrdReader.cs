namespace HiEndMae.Imaging;

/// <summary>NRRD files: .nrrd, and .nhdr with its data beside it; raw or gzip, of either byte order.</summary>
/// <remarks>Source: teem.sourceforge.net/nrrd/format.html. Channels are a first or a last axis without a direction. Names and values are read in any case.</remarks>
internal static class NrrdReader
{
    private const double MostSkipped = 1L << 40;

    private static readonly Dictionary<string, int> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["signed char"] = 256, ["int8"] = 256, ["int8_t"] = 256, ["uchar"] = 2, ["unsigned char"] = 2, ["uint8"] = 2, ["uint8_t"] = 2,
        ["short"] = 4, ["short int"] = 4, ["signed short"] = 4, ["signed short int"] = 4, ["int16"] = 4, ["int16_t"] = 4,
        ["ushort"] = 512, ["unsigned short"] = 512, ["unsigned short int"] = 512, ["uint16"] = 512, ["uint16_t"] = 512,
        ["int"] = 8, ["signed int"] = 8, ["int32"] = 8, ["int32_t"] = 8, ["uint"] = 768, ["unsigned int"] = 768, ["uint32"] = 768, ["uint32_t"] = 768,
        ["longlong"] = 1024, ["long long"] = 1024, ["long long int"] = 1024, ["signed long long"] = 1024, ["int64"] = 1024, ["int64_t"] = 1024,
        ["ulonglong"] = 1280, ["unsigned long long"] = 1280, ["uint64"] = 1280, ["uint64_t"] = 1280, ["float"] = 16, ["double"] = 64,
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
        return DataFile(fields, path) is { } data ? [path, data] : [path];
    });

    public static Volume<T> Read<T>(string path, VoxelConversion<T> convert, CancellationToken cancel)
        where T : unmanaged => VolumeFile.Guarded(path, () =>
    {
        using FileStream file = VolumeFile.Open(path);
        Dictionary<string, string> fields = Fields(file, path);
        NiftiHeader header = Parse(fields, path);
        using FileStream data = DataFile(fields, path) is { } beside ? VolumeFile.Open(beside) : file;
        SkipLines(data, fields, path);
        long bytes = header.Size.Count * header.Channels * (NiftiVoxels.Width(header.DataType) ?? 0);
        double skip = Field(fields, "byte skip", "byteskip") is { } text ? TextHeaderFile.Numbers(path, "byte skip", text, 1)[0] : 0;
        bool isPacked = IsPacked(fields["encoding"]);
        if (skip < -1 || (skip == -1 && isPacked)) throw new VolumeException($"'{path}' has byte skip {skip}; the smallest allowed value is -1, for raw data only.");
        if (skip > MostSkipped) throw new VolumeException($"'{path}' is truncated: it ends before its data do.");
        if (isPacked)
        {
            long start = data.Position;
            using var packed = new GzipReadStream(data);
            return VoxelStream.Read(header, packed, data.Length, (long)Math.Max(skip, 0), path, convert, cancel, () => new GzipReadStream(VolumeFile.OpenAt(data.Name, start)));
        }
        data.Position = skip == -1 ? Math.Max(0, data.Length - bytes) : data.Position + (long)Math.Max(skip, 0);
        if (data.Length - data.Position < bytes) throw new VolumeException($"'{path}' is truncated: it ends before its data do.");
        return VoxelStream.Read(header, data, data.Length, 0, path, convert, cancel);
    });

    private static bool IsPacked(string encoding) => encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || encoding.Equals("gz", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Fields(Stream stream, string path)
    {
        List<string> lines = TextHeaderFile.Lines(stream, path, line => line.Length == 0);
        if (lines.Count == 0 || !lines[0].StartsWith("NRRD000", StringComparison.Ordinal)) throw new VolumeException($"'{path}' is not an NRRD file.");
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            // Comments and key:=value pairs do not describe the grid.
            if (line.Length > 0 && line[0] != '#' && colon > 0) fields[line[..colon].Trim()] = line[(colon + 2)..].Trim();
        }
        return fields;
    }

    // Null if the data follow the header.
    private static string? DataFile(Dictionary<string, string> fields, string path)
    {
        if (Field(fields, "data file", "datafile") is not { } name) return null;
        if (name == "LIST" || name.StartsWith("LIST ", StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal)) throw new VolumeException($"'{path}' is spread over several files, which is not supported; save it as one.");
        return TextHeaderFile.Beside(path, name);
    }

    private static NiftiHeader Parse(Dictionary<string, string> fields, string path)
    {
        string Need(string key) => fields.TryGetValue(key, out string? text) ? text : throw new VolumeException($"'{path}' is incomplete: it has no '{key}'.");
        double[] sizes = TextHeaderFile.Numbers(path, "sizes", Need("sizes"), -1);
        if (TextHeaderFile.Numbers(path, "dimension", Need("dimension"), 1)[0] != sizes.Length) throw new VolumeException($"'{path}' has dimension {TextHeaderFile.Shown(fields["dimension"])}, but {sizes.Length} sizes.");
        // Slicer writes channels as a first axis, ITK and others as a last one.
        bool isInterleaved = sizes.Length == 4 && Field(fields, "space directions") is { } text && text.StartsWith("none", StringComparison.OrdinalIgnoreCase);
        (Size3 size, int channels) = TextHeaderFile.Sizes(path, isInterleaved ? [.. sizes.Skip(1), sizes[0]] : sizes);
        if (!Types.TryGetValue(Need("type"), out int type)) throw new VolumeException($"'{path}' has values of type '{TextHeaderFile.Shown(fields["type"])}'; supported are integers and real numbers.");
        if (!Need("encoding").Equals("raw", StringComparison.OrdinalIgnoreCase) && !IsPacked(fields["encoding"])) throw new VolumeException($"'{path}' is encoded as '{TextHeaderFile.Shown(fields["encoding"])}'; supported are raw and gzip.");
        bool isBig = fields.TryGetValue("endian", out string? endian) && endian.Equals("big", StringComparison.OrdinalIgnoreCase);
        if (endian is null && NiftiVoxels.Width(type) > 1) throw new VolumeException($"'{path}' is incomplete: it has no 'endian'.");
        (bool isLeft, bool isPosterior) = Field(fields, "space")?.ToUpperInvariant() switch
        {
            null or "LEFT-POSTERIOR-SUPERIOR" or "LPS" or "LEFT-POSTERIOR-SUPERIOR-TIME" or "LPST" => (true, true),
            "LEFT-ANTERIOR-SUPERIOR" or "LAS" or "LEFT-ANTERIOR-SUPERIOR-TIME" or "LAST" => (true, false),
            "RIGHT-ANTERIOR-SUPERIOR" or "RAS" or "RIGHT-ANTERIOR-SUPERIOR-TIME" or "RAST" => (false, false),
            var other => throw new VolumeException($"'{path}' lies in the space '{TextHeaderFile.Shown(other.ToLowerInvariant())}'; left-posterior-superior, left-anterior-superior and right-anterior-superior are read."),
        };
        double[] origin = Field(fields, "space origin") is { } place ? Vector(path, place) ?? new double[3] : new double[3];
        return new NiftiHeader(channels, size, TextHeaderFile.Affine(path, Axes(fields, path, sizes.Length), origin, isLeft, isPosterior), type, 1, 0)
        {
            IsInterleaved = isInterleaved,
            SwapBytes = BitConverter.IsLittleEndian == isBig,
        };
    }

    private static double[][] Axes(Dictionary<string, string> fields, string path, int dimensions)
    {
        double[][] unit = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        if (Field(fields, "space directions") is { } directions)
        {
            double[]?[] vectors = [.. directions.Split(')', StringSplitOptions.RemoveEmptyEntries).SelectMany(part => part.Trim() is var text && text.StartsWith("none", StringComparison.OrdinalIgnoreCase)
                ? text.Length > 4 ? [null, Vector(path, text[4..])] : [null]
                : new[] { Vector(path, text) })];
            if (vectors.Length != dimensions) throw new VolumeException($"'{path}' has space directions '{TextHeaderFile.Shown(directions)}'; it must have {dimensions} of them.");
            if (vectors.Length == 4 && vectors[0] is null) vectors = [.. vectors.Skip(1), null];
            int first = Array.FindIndex(vectors, vector => vector is null);
            if (first is >= 0 and < 3) throw new VolumeException($"'{path}' has an axis without a direction between those of its space; channels must be the first or the last axis.");
            return [.. vectors.Take(3).Select(vector => vector!), .. unit.Skip(Math.Min(3, vectors.Length))];
        }
        if (Field(fields, "spacings") is not { } spacings) return unit;
        string[] parts = spacings.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] spacing = [.. parts.Take(3).Select(part => part.Equals("nan", StringComparison.OrdinalIgnoreCase) ? 1 : TextHeaderFile.Numbers(path, "spacings", part, 1)[0])];
        return [.. unit.Select((axis, index) => axis.Select(value => value * (index < spacing.Length ? spacing[index] : 1)).ToArray())];
    }

    // "(1,0,0)" or "none".
    private static double[]? Vector(string path, string text)
    {
        string bare = text.Trim().Trim('(', ')');
        return bare.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : TextHeaderFile.Numbers(path, "a vector", bare, 3);
    }

    private static void SkipLines(Stream data, Dictionary<string, string> fields, string path)
    {
        double lines = Field(fields, "line skip", "lineskip") is { } text ? TextHeaderFile.Numbers(path, "line skip", text, 1)[0] : 0;
        for (; lines > 0; lines--)
        {
            int next;
            while ((next = data.ReadByte()) != '\n')
            {
                if (next < 0) throw new VolumeException($"'{path}' is truncated: it ends before its data do.");
            }
        }
    }

    private static string? Field(Dictionary<string, string> fields, params string[] keys) => keys.Select(key => fields.GetValueOrDefault(key)).FirstOrDefault(text => text is not null);
}
