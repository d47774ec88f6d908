using HiEndMae.Imaging;

namespace HiEndMae.Reports.Figures;

/// <summary>Draws a scan with its truth, its prediction, and their differences.</summary>
public static class SegmentationFigure
{
    /// <summary>Writes the columns image, truth, prediction and error (those that are available) with the slices that show most of the organs, and a legend.</summary>
    /// <param name="path">The PNG file, written completely or not at all.</param>
    /// <param name="image">[C, X, Y, Z] in RAS+, from 0 (black) to 1 (white). The first channel is shown.</param>
    /// <param name="truth">Class indices on the same grid, or null.</param>
    /// <param name="prediction">Class indices on the same grid, or null.</param>
    /// <param name="labels">Names of the classes, background first.</param>
    public static void Write(string path, Volume<float> image, ushort[]? truth, ushort[]? prediction, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(labels);
        float[] intensities = image.Channel(0).ToArray();
        var panels = new List<Panel> { new(image.Size, intensities) { Title = "image" } };
        if (truth is not null) panels.Add(new Panel(image.Size, intensities, truth) { Title = "truth" });
        if (prediction is not null) panels.Add(new Panel(image.Size, intensities, prediction) { Title = "prediction" });
        if (truth is not null && prediction is not null) panels.Add(new Panel(image.Size, intensities, prediction) { Title = "error", Style = LabelStyle.Errors, Truth = truth });
        Size3 centre = PanelWriter.CentreOf(image.Size, truth is not null && truth.Any(label => label > 0) ? truth : prediction ?? truth ?? new ushort[image.Size.Count]);
        var legend = new List<(uint, string)>();
        foreach (ushort label in Shown(image.Size, centre, truth, prediction)) legend.Add((OrganColors.Of(label), label < labels.Count ? labels[label] : label == DatasetInfo.IgnoredIndex ? "ignored" : $"label {label}"));
        if (truth is not null && prediction is not null)
            legend.AddRange([(OrganColors.Missed, "error: missed"), (OrganColors.Invented, "error: invented"), (OrganColors.Confused, "error: another organ")]);
        PanelWriter.Write(path, panels, centre, image.Affine.Spacing, legend);
    }

    // Classes in the three slices, largest area first.
    private static IEnumerable<ushort> Shown(Size3 size, Size3 centre, params ushort[]?[] maps)
    {
        var areas = new Dictionary<ushort, int>();
        foreach (ushort[] map in maps.OfType<ushort[]>())
        {
            for (int i = 0; i < map.Length; i++)
            {
                if (map[i] == 0) continue;
                if (i % size.Z == centre.Z || i / size.Z % size.Y == centre.Y || i / size.Z / size.Y == centre.X) areas[map[i]] = areas.GetValueOrDefault(map[i]) + 1;
            }
        }
        return areas.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Select(entry => entry.Key);
    }
}
