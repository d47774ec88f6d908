using System.Globalization;

namespace HiEndMae.Imaging.Dicom;

/// <summary>A file of a series, or a frame of an enhanced file: an image of one plane with its position in LPS millimetres and its pixel format.</summary>
internal sealed record DicomSlice
{
    private const double UnitTolerance = 1e-2;

    public required string Path { get; init; }

    /// <summary>Study, series, frame of reference and modality, which all slices of a volume share.</summary>
    public required (string Study, string Series, string Frame, string Modality) Identity { get; init; }

    public required string Description { get; init; }

    public required int Columns { get; init; }

    public required int Rows { get; init; }

    /// <summary>Centre of the first pixel.</summary>
    public required Vector3d Position { get; init; }

    /// <summary>Direction along a row, in which the column index grows.</summary>
    public required Vector3d AlongRow { get; init; }

    public required Vector3d AlongColumn { get; init; }

    /// <summary>Distance between columns in mm.</summary>
    public required double ColumnSpacing { get; init; }

    public required double RowSpacing { get; init; }

    /// <summary>Thickness in mm, used for a slice without a neighbour.</summary>
    public required double? Thickness { get; init; }

    public required DicomPixelFormat Format { get; init; }

    public required double Slope { get; init; }

    public required double Intercept { get; init; }

    /// <summary>Index of the frame in its file.</summary>
    public required int Frame { get; init; }

    /// <summary>Number of frames of the file.</summary>
    public required int Frames { get; init; }

    /// <summary>Position in the file from which it is deflated; 0 if it is not.</summary>
    public required long DeflatedFrom { get; init; }

    /// <summary>Name of the file, and of the frame where there are several, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path) + (Frames > 1 ? string.Create(CultureInfo.InvariantCulture, $" frame {Frame + 1}") : "");

    /// <summary>Position of the first byte of the pixels of all frames, or of their first item.</summary>
    public required long PixelOffset { get; init; }

    /// <summary>Number of bytes of the pixels; null if they are stored in items that end with a delimiter.</summary>
    public required long? PixelLength { get; init; }

    /// <summary>Reads the slices of a file: one, or each frame of an enhanced image.</summary>
    /// <exception cref="VolumeException">The image is of an unsupported kind, or lacks an element that a volume needs.</exception>
    public static IReadOnlyList<DicomSlice> AllOf(DicomHeader header)
    {
        if (header.Frames.Count == 0) return [Of(header, 0, 1)];
        int count = header.Frames.Count;
        if (header.Text(DicomTag.Frames) is { } frames && frames != count.ToString(CultureInfo.InvariantCulture))
            throw new VolumeException($"'{header.Path}' is damaged: it has {TextHeaderFile.Shown(frames)} frames, but the positions of {count}.");
        return [.. Enumerable.Range(0, count).Select(frame => Of(header.Frame(frame), frame, count))];
    }

    private static DicomSlice Of(DicomHeader header, int frame, int count)
    {
        string path = header.Path;
        string modality = TextHeaderFile.Shown(header.Text(DicomTag.Modality) ?? "");
        if (header.PixelOffset == 0) throw new VolumeException(header.Syntax.IsRead ? $"'{path}' has no pixels: it is not an image (modality '{modality}')." : Foreign(header));
        if (modality is "SEG" or "RTDOSE") throw new VolumeException($"'{path}' is a DICOM object of modality {modality}, which is not supported; convert it to NIfTI.");
        if (count == 1 && header.Text(DicomTag.Frames) is { } frames && frames != "1") throw new VolumeException($"'{path}' is a multi-frame image of {TextHeaderFile.Shown(frames)} frames without a position for each; such images are not supported. Convert it: {Command(path)}");
        if (!header.Syntax.IsRead) throw new VolumeException(Foreign(header));
        if ((header.Number(DicomTag.SamplesPerPixel) ?? 1) != 1) throw new VolumeException($"'{path}' is a colour image ({TextHeaderFile.Shown(header.Text(DicomTag.Photometric) ?? "")}); only images with one value per pixel are supported.");
        if (header.HasModalityLut) throw new VolumeException($"'{path}' has a lookup table for its values (Modality LUT), which is not supported. Convert it: {Command(path)}");
        int rows = header.Number(DicomTag.Rows) ?? throw Missing("Rows"), columns = header.Number(DicomTag.Columns) ?? throw Missing("Columns");
        if (rows < 1 || columns < 1) throw new VolumeException($"'{path}' is damaged: its size is {columns} x {rows} pixels.");
        double[] orientation = header.Decimals(DicomTag.Orientation, "ImageOrientationPatient", 6) ?? throw Missing("ImageOrientationPatient");
        double[] position = header.Decimals(DicomTag.Position, "ImagePositionPatient", 3) ?? throw Missing("ImagePositionPatient");
        double[] spacing = header.Decimals(DicomTag.PixelSpacing, "PixelSpacing", 2) ?? throw Missing("PixelSpacing");
        if (spacing.Min() <= 0) throw new VolumeException($"'{path}' has PixelSpacing '{TextHeaderFile.Shown(header.Text(DicomTag.PixelSpacing)!)}'; both numbers must be greater than 0.");
        var alongRow = new Vector3d(orientation[0], orientation[1], orientation[2]);
        var alongColumn = new Vector3d(orientation[3], orientation[4], orientation[5]);
        if (Math.Abs(alongRow.Length - 1) > UnitTolerance || Math.Abs(alongColumn.Length - 1) > UnitTolerance || Math.Abs(alongRow.Dot(alongColumn)) > UnitTolerance)
            throw new VolumeException($"'{path}' has ImageOrientationPatient '{TextHeaderFile.Shown(header.Text(DicomTag.Orientation)!)}', which is not a pair of perpendicular directions.");
        double slope = header.Decimals(DicomTag.RescaleSlope, "RescaleSlope", 1)?[0] ?? 1, intercept = header.Decimals(DicomTag.RescaleIntercept, "RescaleIntercept", 1)?[0] ?? 0;
        if (slope == 0) throw new VolumeException($"'{path}' has RescaleSlope 0, which would make all values equal.");
        double? thickness = header.Decimals(DicomTag.SpacingBetweenSlices, "SpacingBetweenSlices", 1)?[0] ?? header.Decimals(DicomTag.SliceThickness, "SliceThickness", 1)?[0];
        return new DicomSlice
        {
            Path = path,
            Identity = (header.Text(DicomTag.StudyUid) ?? "", header.Text(DicomTag.SeriesUid) ?? "", header.Text(DicomTag.FrameOfReference) ?? "", modality),
            Description = TextHeaderFile.Shown(string.Join(' ', new[] { modality, header.Text(DicomTag.SeriesNumber), header.Text(DicomTag.SeriesDescription) }.Where(text => text is not null))),
            Columns = columns,
            Rows = rows,
            Position = new Vector3d(position[0], position[1], position[2]),
            AlongRow = alongRow,
            AlongColumn = alongColumn,
            RowSpacing = spacing[0],
            ColumnSpacing = spacing[1],
            Thickness = thickness,
            Format = DicomPixelFormat.Of(header, columns * (long)rows * count),
            Frame = frame,
            Frames = count,
            DeflatedFrom = header.DeflatedFrom,
            Slope = slope,
            Intercept = intercept,
            PixelOffset = header.PixelOffset,
            PixelLength = header.PixelLength,
        };

        VolumeException Missing(string name) => new($"'{path}' has no {name}, so it is not a slice of a volume.");
    }

    private static string Foreign(DicomHeader header) =>
        $"'{header.Path}' is stored with {header.Syntax.Name} ({TextHeaderFile.Shown(header.SyntaxUid)}); uncompressed, deflated, RLE Lossless and JPEG Lossless DICOM is read. Convert the series: {Command(header.Path)}";

    // It decodes JPEG 2000 and JPEG-LS, too.
    private static string Command(string path) => $"dcm2niix -z y -o OUT '{System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))}'";
}
