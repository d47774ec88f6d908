using System.Globalization;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Slices of one volume, in the order of their positions. They have the same series, orientation, size and spacing.</summary>
internal sealed class DicomSeries
{
    private const double DirectionTolerance = 1e-3, SpacingTolerance = 1e-3;

    // Positions are often rounded to a tenth of a millimetre. A deviation of a tenth of a step, or of that rounding, is not a missing slice.
    private const double StepTolerance = 0.1, RoundedPlaces = 0.11, HalfStep = 0.5, SamePlace = 1e-3;
    private const int MostShown = 4;
    private readonly List<DicomSlice> slices = [];

    private DicomSeries(DicomSlice first) => slices.Add(first);

    public IReadOnlyList<DicomSlice> Slices => slices;

    /// <summary>Sentences about other objects of its folder.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>Number of voxels along rows, columns and slices.</summary>
    public Size3 Size => new(slices[0].Columns, slices[0].Rows, slices.Count);

    /// <summary>Sorts slices into series. The identifier of the series alone is not enough: it is sometimes missing, and some scanners add scout images to the series.</summary>
    public static List<DicomSeries> Group(IEnumerable<DicomSlice> all)
    {
        var groups = new List<DicomSeries>();
        foreach (DicomSlice slice in all)
        {
            DicomSeries? group = groups.Find(candidate => Belong(candidate.slices[0], slice));
            if (group is null) groups.Add(new DicomSeries(slice));
            else group.slices.Add(slice);
        }
        foreach (DicomSeries group in groups)
        {
            Vector3d normal = group.Normal;
            group.slices.Sort((a, b) => a.Position.Dot(normal).CompareTo(b.Position.Dot(normal)) is not 0 and int order ? order : string.CompareOrdinal(a.Path, b.Path) is not 0 and int other ? other : a.Frame.CompareTo(b.Frame));
        }
        return groups;
    }

    /// <summary>Describes the series in a list of the series of a folder.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{slices.Count} slices of {Size.X}x{Size.Y} at {slices[0].ColumnSpacing:0.###}x{slices[0].RowSpacing:0.###} mm, {Plane()}, {slices[0].Description} ({slices[0].Name})");

    /// <summary>Computes the affine of rows, columns and slices as stored, converted from LPS to RAS+.</summary>
    /// <exception cref="VolumeException">Slices are missing, duplicated, or unevenly spaced.</exception>
    public Affine Affine()
    {
        DicomSlice first = slices[0];
        Vector3d along = first.AlongRow * first.ColumnSpacing, down = first.AlongColumn * first.RowSpacing, step = slices.Count == 1 ? Normal * SingleThickness() : Step();
        var affine = new Affine(
            -along.X, -down.X, -step.X, -first.Position.X,
            -along.Y, -down.Y, -step.Y, -first.Position.Y,
            along.Z, down.Z, step.Z, first.Position.Z);
        return affine.IsInvertible ? affine : throw new VolumeException($"'{first.Path}' and its series have linearly dependent axes.");
    }

    private Vector3d Normal
    {
        get
        {
            Vector3d normal = slices[0].AlongRow.Cross(slices[0].AlongColumn);
            return normal * (1 / normal.Length);
        }
    }

    private double SingleThickness() => slices[0].Thickness is > 0 and double thickness
        ? thickness
        : throw new VolumeException($"'{slices[0].Path}' is a single slice without SpacingBetweenSlices and SliceThickness, so its extent is unknown.");

    // The distance follows from the positions alone, because SliceThickness is not the distance of slices. With a tilted gantry the step is not along the normal.
    private Vector3d Step()
    {
        Vector3d normal = Normal;
        double[] places = [.. slices.Select(slice => slice.Position.Dot(normal))];
        double[] steps = [.. places.Zip(places.Skip(1), (a, b) => b - a)];
        int doubled = Array.FindIndex(steps, step => step < SamePlace);
        if (doubled >= 0)
        {
            throw new VolumeException(string.Create(CultureInfo.InvariantCulture,
                $"'{Folder}' has two slices at {places[doubled]:0.###} mm along its normal, '{slices[doubled].Name}' and '{slices[doubled + 1].Name}' ({steps.Count(step => step < SamePlace)} such pairs). These may be several phases, echoes or copies; keep one of each, or convert the series with dcm2niix."));
        }
        double usual = steps.Order().ElementAt(steps.Length / 2), tolerance = Math.Max(StepTolerance * usual, Math.Min(RoundedPlaces, HalfStep * usual));
        int[] uneven = [.. Enumerable.Range(0, steps.Length).Where(at => Math.Abs(steps[at] - usual) > tolerance)];
        if (uneven.Length > 0)
        {
            string where = string.Join("; ", uneven.Take(MostShown).Select(at => string.Create(CultureInfo.InvariantCulture, $"{steps[at]:0.###} mm from {places[at]:0.###} to {places[at + 1]:0.###} ('{slices[at].Name}', '{slices[at + 1].Name}')")));
            throw new VolumeException(string.Create(CultureInfo.InvariantCulture,
                $"'{Folder}' has slices {usual:0.###} mm apart, but {where}{(uneven.Length > MostShown ? $" and {uneven.Length - MostShown} more" : "")}. Slices are missing or unevenly spaced; complete the series, or convert it with dcm2niix."));
        }
        Vector3d mean = (slices[^1].Position - slices[0].Position) * (1.0 / (slices.Count - 1));
        for (int at = 0; at < slices.Count; at++)
        {
            if ((slices[at].Position - slices[0].Position - mean * at).Length > HalfStep * usual)
                throw new VolumeException($"'{Folder}' has slices that are not on a straight line ('{slices[at].Name}'); convert the series with dcm2niix.");
        }
        return mean;
    }

    private string Folder => Path.GetDirectoryName(slices[0].Path) is { Length: > 0 } folder ? folder : ".";

    private string Plane()
    {
        Vector3d normal = Normal;
        double x = Math.Abs(normal.X), y = Math.Abs(normal.Y), z = Math.Abs(normal.Z);
        return z >= Math.Max(x, y) ? "axial" : y >= x ? "coronal" : "sagittal";
    }

    private static bool Belong(DicomSlice a, DicomSlice b) => a.Identity == b.Identity && a.Rows == b.Rows && a.Columns == b.Columns
        && (a.AlongRow - b.AlongRow).Length < DirectionTolerance && (a.AlongColumn - b.AlongColumn).Length < DirectionTolerance
        && Math.Abs(a.RowSpacing - b.RowSpacing) < SpacingTolerance * a.RowSpacing && Math.Abs(a.ColumnSpacing - b.ColumnSpacing) < SpacingTolerance * a.ColumnSpacing;
}
