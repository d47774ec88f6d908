namespace HiEndMae.Reports.Figures;

/// <summary>Writes slices in rows and columns as a PNG.</summary>
internal static class PanelGridWriter
{
    private const int Gap = 4, TitleScale = 2;

    /// <summary>Writes the picture; it appears complete or not at all.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="columns">Titles of the columns; a title may have several lines.</param>
    /// <param name="rows">Title and slices of each row; a row may have fewer slices than there are columns.</param>
    public static void Write(string path, IReadOnlyList<string> columns, IReadOnlyList<(string Title, IReadOnlyList<(Panel Panel, SlicePlane Plane)> Slices)> rows)
    {
        int line = PixelFont.LineHeight(TitleScale) + Gap, head = line * columns.Max(title => title.Count(letter => letter == '\n') + 1);
        int[] heights = [.. rows.Select(row => row.Slices.Max(slice => slice.Plane.Height))];
        int column = rows.Max(row => row.Slices.Max(slice => slice.Plane.Width));
        int left = rows.Max(row => PixelFont.WidthOf(row.Title, TitleScale)) is > 0 and var widest ? Math.Min(widest, 240) + (2 * Gap) : 0;
        using var canvas = new Canvas(left + (columns.Count * (column + Gap)) - Gap, head + heights.Sum() + (Gap * (rows.Count - 1)));
        for (int i = 0; i < columns.Count; i++)
        {
            foreach ((int number, string text) in columns[i].Split('\n').Index()) Text(text, left + (i * (column + Gap)), Gap + (number * line), column);
        }
        int top = head;
        for (int row = 0; row < rows.Count; row++)
        {
            if (left > 0) Text(rows[row].Title, Gap, top + ((heights[row] - line) / 2), left - Gap);
            for (int i = 0; i < rows[row].Slices.Count; i++)
            {
                (Panel panel, SlicePlane plane) = rows[row].Slices[i];
                int x = left + (i * (column + Gap)) + ((column - plane.Width) / 2);
                SliceDrawing.Draw(canvas, panel, plane, x, top);
            }
            top += heights[row] + Gap;
        }
        canvas.Save(path);

        void Text(string text, int x, int y, int width) => PixelFont.Draw(canvas, x, y, PixelFont.Fit(text, width, TitleScale), TitleScale, Canvas.Color(255, 255, 255));
    }
}
