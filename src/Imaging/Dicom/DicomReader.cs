namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads series of CT and MR slices. The path is a folder with one series, or any file of a series.</summary>
internal static class DicomReader
{
    private const int HeaderBuffer = 1 << 12, SlabBytes = 1 << 24, MostPlanes = 32;
    private const string MediaDirectory = "1.2.840.10008.1.3.10";

    public static NiftiHeader ReadHeader(string path, CancellationToken cancel) => VolumeFile.Guarded(path, () => Header(Find(path, cancel), path));

    /// <summary>Returns the files of the series in the order of their positions.</summary>
    public static IReadOnlyList<string> Files(string path, CancellationToken cancel) =>
        VolumeFile.Guarded<IReadOnlyList<string>>(path, () => [.. Find(path, cancel).Slices.Select(slice => slice.Path)]);

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
                    DicomPixels.Read(slice, raw.AsSpan(0, plane * slice.Format.Width));
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
        return new NiftiHeader(1, series.Size, series.Affine(), first.Format.DataType, first.Slope, first.Intercept);
    }

    private static DicomSeries Find(string path, CancellationToken cancel)
    {
        bool isFolder = Directory.Exists(path);
        // Errors of the named file are reported before those of other files in its folder.
        DicomSlice? named = isFolder ? null : Slice(path, isNamed: true);
        string folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var slices = new List<DicomSlice>();
        VolumeException? wrong = null;
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                DicomSlice? slice = named is not null && Path.GetFileName(file) == Path.GetFileName(path) ? named : Slice(file, isNamed: false);
                if (slice is not null) slices.Add(slice);
            }
            catch (VolumeException error)
            {
                wrong ??= error;
            }
        }
        List<DicomSeries> all = DicomSeries.Group(slices);
        if (named is not null)
        {
            DicomSeries own = all.Find(series => series.Slices.Contains(named))!;
            // A damaged file may be a slice of this series. Ignoring it could leave a gap or cut off an end.
            return wrong is null || all.Count > 1 ? own : throw wrong;
        }
        if (wrong is not null) throw wrong;
        return all.Count switch
        {
            1 => all[0],
            0 => throw new VolumeException($"'{path}' contains no DICOM slices; a folder must contain one series of CT or MR."),
            _ => throw new VolumeException($"'{path}' contains {all.Count} series or orientations; give each a folder of its own, or name a file of the one to read: {string.Join("; ", all)}."),
        };
    }

    // Returns null for files that are not slices: other formats, DICOMDIR, objects without pixels (structures, reports).
    private static DicomSlice? Slice(string file, bool isNamed) => VolumeFile.Guarded(file, () =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, HeaderBuffer);
        if (!isNamed && !DicomParser.IsDicom(stream) && !HasDicomName(file)) return null;
        DicomHeader header = DicomParser.Parse(stream, file);
        if (!isNamed && (header.Text(DicomTag.SopClass) == MediaDirectory || (header.PixelOffset == 0 && header.Syntax.IsRead))) return null;
        return DicomSlice.Of(header);
    });

    /// <summary>Whether the name of a file has an extension of DICOM files.</summary>
    public static bool HasDicomName(string path) => Path.GetExtension(path).ToUpperInvariant() is ".DCM" or ".DICOM" or ".IMA";
}
