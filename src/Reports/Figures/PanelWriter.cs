using HiEndMae.Imaging;

namespace HiEndMae.Reports.Figures;

/// <summary>Writes panels as a PNG with a column per panel. The rows are the axial, coronal and sagittal slices in their true proportions.</summary>
public static class PanelWriter
{
    private const int Gap = 4, ColumnWidth = 256, TitleScale = 2;

    /// <summary>Writes the file completely or not at all.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="panels">At least one panel; all have the same size.</param>
    /// <param name="centre">Voxel through which the three slices go.</param>
    public static void Write(string path, IReadOnlyList<Panel> panels, Size3 centre) => Write(path, panels, centre, Spacing3.Isotropic(1), []);

    /// <summary>Writes a picture with a legend.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="panels">At least one panel in RAS+; all have the same size.</param>
    /// <param name="centre">Voxel through which the three slices go.</param>
    /// <param name="spacing">Distance between voxels in mm.</param>
    /// <param name="legend">Colours and names below the panels; empty for none.</param>
    internal static void Write(string path, IReadOnlyList<Panel> panels, Size3 centre, Spacing3 spacing, IReadOnlyList<(uint Color, string Name)> legend)
    {
        ArgumentNullException.ThrowIfNull(panels);
        SlicePlane[] planes = SlicePlane.Through3(panels[0].Size, spacing, centre, ColumnWidth);
        int column = planes.Max(plane => plane.Width), width = panels.Count * (column + Gap) - Gap;
        int title = panels.Any(panel => panel.Title.Length > 0) ? PixelFont.LineHeight(TitleScale) + Gap : 0;
        int slices = planes.Sum(plane => plane.Height + Gap) - Gap;
        var names = new Legend(legend, width);
        using var canvas = new Canvas(width, title + slices + names.Height);
        for (int i = 0; i < panels.Count; i++)
        {
            int left = i * (column + Gap), top = title;
            PixelFont.Draw(canvas, left + Gap, Gap, PixelFont.Fit(panels[i].Title, column - Gap, TitleScale), TitleScale, Canvas.Color(255, 255, 255));
            foreach (SlicePlane plane in planes)
            {
                SliceDrawing.Draw(canvas, panels[i], plane, left + (column - plane.Width) / 2, top);
                top += plane.Height + Gap;
            }
        }
        names.Draw(canvas, title + slices);
        canvas.Save(path);
    }

    /// <summary>Returns the voxel whose axial, coronal and sagittal slices show most foreground of a label map, or the centre if there is no foreground.</summary>
    public static Size3 CentreOf(Size3 size, ushort[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        int[] x = new int[size.X], y = new int[size.Y], z = new int[size.Z];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0) continue;
            z[i % size.Z]++;
            y[i / size.Z % size.Y]++;
            x[i / size.Z / size.Y]++;
        }
        return x.Sum() == 0 ? new Size3(size.X / 2, size.Y / 2, size.Z / 2) : new Size3(Most(x), Most(y), Most(z));
    }

    // Of several equally large slices, take the middle one.
    private static int Most(int[] areas)
    {
        int most = areas.Max();
        return (Array.IndexOf(areas, most) + Array.LastIndexOf(areas, most)) / 2 is var middle && areas[middle] == most ? middle : Array.IndexOf(areas, most);
    }
}
