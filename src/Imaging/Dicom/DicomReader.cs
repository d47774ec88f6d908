namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads series of CT and MR slices. The path is a folder with one series, or any file of a series.</summary>
internal static class DicomReader
{
    private const int HeaderBuffer = 1 << 12, SlabBytes = 1 << 24, MostPlanes = 32;
    private const string MediaDirectory = "1.2.840.10008.1.3.10";

    public static NiftiHeader ReadHeader(string path, CancellationToken cancel) => VolumeFile.Guarded(path, () => Header(Find(path, cancel), path));

    /// <summary>Returns the files of the series in the order of their positions.</summary>
    public static IReadOnlyList<string> Files(string path, CancellationToken cancel) =>
        VolumeFile.Guarded<IReadOnlyList<string>>(path, () => [.. Find(path, cancel).Slices.Select(slice => slice.Path).Distinct(StringComparer.Ordinal)]);

    public static Volume<T> Read<T>(string path, VoxelConversion<T> convert, CancellationToken cancel) where T : unmanaged => VolumeFile.Guarded(path, () =>
    {
        DicomSeries series = Find(path, cancel);
        NiftiHeader header = Header(series, path);
        Size3 size = series.Size;
        if (size.Count > Array.MaxLength) throw new VolumeException($"'{path}' has {size} voxels, which is too large to read.");
        var volume = new Volume<T>(1, size, header.Affine, GC.AllocateUninitializedArray<T>((int)size.Count));
        int plane = size.X * size.Y, width = series.Slices.Max(slice => slice.Format.Width);
        int depth = (int)Math.Clamp(SlabBytes / ((long)plane * width), 1, Math.Min(size.Z, MostPlanes));
        var raw = new byte[plane * (long)width];
        var slab = new T[depth * (long)plane];
        using var reader = new DicomPixels();
        for (int z = 0; z < size.Z; z += depth)
        {
            int planes = Math.Min(depth, size.Z - z);
            for (int k = 0; k < planes; k++)
            {
                cancel.ThrowIfCancellationRequested();
                DicomSlice slice = series.Slices[z + k];
                Span<byte> pixels = raw.AsSpan(0, plane * slice.Format.Width);
                // An error here belongs to this file, not to the folder.
                VolumeFile.Guarded(slice.Path, () =>
                {
                    reader.Read(slice, raw.AsSpan(0, plane * slice.Format.Width));
                    return true;
                });
                convert(header with { DataType = slice.Format.DataType, Slope = slice.Slope, Intercept = slice.Intercept }, pixels, slab.AsSpan(k * plane, plane));
            }
            SlabTranspose.ToVolume(slab, volume.Voxels, size, z, planes);
        }
        return volume;
    });

    private static NiftiHeader Header(DicomSeries series, string path)
    {
        DicomSlice first = series.Slices[0];
        if (series.Slices.Count * (double)series.Size.X * series.Size.Y > Array.MaxLength) throw new VolumeException($"'{path}' has {series.Size} voxels, which is too large to read.");
        return new NiftiHeader(1, series.Size, series.Affine(), first.Format.DataType, first.Slope, first.Intercept) { Notes = series.Notes };
    }

    private static DicomSeries Find(string path, CancellationToken cancel)
    {
        bool isFolder = Directory.Exists(path);
        // An error of the file that was named is reported first, whatever else its folder holds.
        IReadOnlyList<DicomSlice>? named = isFolder ? null : Slices(path, isNamed: true).Slices;
        string folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var slices = new List<DicomSlice>();
        var refused = new List<DicomRefusal>();
        foreach (string file in FolderListing.Files(folder))
        {
            cancel.ThrowIfCancellationRequested();
            (IReadOnlyList<DicomSlice> some, DicomRefusal? refusal) = named is not null && Path.GetFileName(file) == Path.GetFileName(path) ? (named, null) : Slices(file, isNamed: false);
            slices.AddRange(some);
            if (refusal is not null) refused.Add(refusal);
        }
        List<DicomSeries> all = DicomSeries.Group(slices);
        DicomSeries? chosen = OnlySeries(named is null ? all : all.FindAll(series => series.Slices.Intersect(named).Any()), path);
        // A file that cannot be read may be a slice of the series, whose volume would have a gap without it. One of another series is none.
        if (refused.Find(one => chosen is null || one.Series is null || one.Series == chosen.Slices[0].Identity.Series) is { } wrong && (named is null || all.Count == 1 || wrong.Series is not null)) throw wrong.Error;
        if (chosen is null) throw new VolumeException($"'{path}' contains no DICOM slices; a folder must contain one series of CT or MR.");
        if (named is null)
        {
            chosen.Notes = [.. all.Where(series => series != chosen).Select(series => $"'{path}' also holds {series}; it is left out."),
                .. refused.Select(one => $"'{path}' also holds '{Path.GetFileName(one.Path)}' of another series; it is left out ({one.Error.Message.TrimEnd('.')}).")];
        }
        return chosen;
    }

    // The one series, or the one of CT or MR beside dose pages, captures and other objects; null for none.
    private static DicomSeries? OnlySeries(List<DicomSeries> all, string path)
    {
        if (all.Count <= 1) return all.FirstOrDefault();
        DicomSeries[] scans = [.. all.Where(series => series.Slices[0].Identity.Modality is "CT" or "MR")];
        return scans.Length == 1
            ? scans[0]
            : throw new VolumeException($"'{path}' contains {all.Count} series or orientations; give each a folder of its own, or name a file of the one to read: {string.Join("; ", all)}.");
    }

    // Neither for what lies beside slices: other files, directories of media, objects without pixels (structures, reports).
    private static (IReadOnlyList<DicomSlice> Slices, DicomRefusal? Refusal) Slices(string file, bool isNamed)
    {
        string? series = null;
        try
        {
            return (VolumeFile.Guarded<IReadOnlyList<DicomSlice>>(file, () =>
            {
                if (!isNamed && !HasDicomName(file) && VolumeFile.IsEmpty(file)) return [];
                using FileStream stream = VolumeFile.Open(file, HeaderBuffer);
                if (!isNamed && !DicomParser.IsDicom(stream) && !HasDicomName(file)) return [];
                DicomHeader header = DicomParser.Parse(stream, file);
                if (!isNamed && (header.Text(DicomTag.SopClass) == MediaDirectory || (header.PixelOffset == 0 && header.Syntax.IsRead))) return [];
                series = header.Text(DicomTag.SeriesUid);
                return DicomSlice.AllOf(header);
            }), null);
        }
        catch (VolumeException error) when (!isNamed)
        {
            return ([], new DicomRefusal(file, series, error));
        }
    }

    // A file that is no slice.
    private sealed record DicomRefusal(string Path, string? Series, VolumeException Error);

    /// <summary>Whether the name of a file has an extension of DICOM files.</summary>
    public static bool HasDicomName(string path) => Path.GetExtension(path).ToUpperInvariant() is ".DCM" or ".DICOM" or ".IMA";
}
