namespace HiEndMae.Reports.Figures;

/// <summary>Draws a legend of colours and names, in as many columns as fit.</summary>
/// <param name="entries">Colours and names.</param>
/// <param name="width">Width in pixels.</param>
internal sealed class Legend(IReadOnlyList<(uint Color, string Name)> entries, int width)
{
    private const int Scale = 2, Swatch = 14, Gap = 6, WidestName = 26, MostLines = 8;

    private int CellWidth => Swatch + 2 * Gap + PixelFont.WidthOf(new string('m', Math.Min(WidestName, Math.Max(1, entries.Max(entry => entry.Name.Length)))), Scale);

    private int Columns => Math.Max(1, (width - Gap) / CellWidth);

    private int Lines => Math.Min(MostLines, (entries.Count + Columns - 1) / Columns);

    /// <summary>Height in pixels; 0 for an empty legend.</summary>
    public int Height => entries.Count == 0 ? 0 : Lines * PixelFont.LineHeight(Scale) + 2 * Gap;

    public void Draw(Canvas canvas, int top)
    {
        if (entries.Count == 0) return;
        int shown = Math.Min(entries.Count, Lines * Columns);
        for (int i = 0; i < shown; i++)
        {
            (int line, int column) = Math.DivRem(i, Columns);
            int x = Gap + column * CellWidth, y = top + Gap + line * PixelFont.LineHeight(Scale);
            bool isRest = i == shown - 1 && shown < entries.Count;
            string name = isRest ? $"+{entries.Count - i} more" : entries[i].Name;
            if (!isRest) canvas.Fill(x, y, Swatch, Swatch, entries[i].Color);
            PixelFont.Draw(canvas, x + Swatch + Gap, y, PixelFont.Fit(name, CellWidth - Swatch - 2 * Gap, Scale), Scale, Canvas.Color(225, 225, 225));
        }
    }
}
