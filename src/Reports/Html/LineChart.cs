using System.Globalization;

namespace HiEndMae.Reports.Html;

/// <summary>Draws values by step as inline SVG.</summary>
internal static class LineChart
{
    private const double Width = 560, Height = 280, Left = 52, Right = 12, Top = 10, Bottom = 34;
    private const int MostPoints = 240, Ticks = 5;

    /// <summary>A line of a chart.</summary>
    /// <param name="Name">Text of the tooltip.</param>
    /// <param name="Color">Index of the colour.</param>
    /// <param name="Points">At least one point, ordered by step.</param>
    internal sealed record Line(string Name, int Color, IReadOnlyList<(int Step, double Value)> Points);

    /// <summary>Draws a chart.</summary>
    /// <param name="title">Description for screen readers.</param>
    /// <param name="unit">Label of the vertical axis.</param>
    /// <param name="lines">At least one line.</param>
    public static string Draw(string title, string unit, IReadOnlyList<Line> lines)
    {
        double lastStep = Math.Max(1, lines.Max(line => line.Points[^1].Step));
        double low = lines.Min(line => line.Points.Min(point => point.Value)), high = lines.Max(line => line.Points.Max(point => point.Value));
        double[] ticks = TicksOf(low, high);
        (low, high) = (Math.Min(low, ticks[0]), Math.Max(high, ticks[^1]));
        if (high <= low) high = low + 1;
        var svg = new HtmlText();
        svg.Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">");
        foreach (double tick in ticks)
        {
            svg.Add($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick)}\" y2=\"{Y(tick)}\"/>");
            svg.Add($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4}\" text-anchor=\"end\">{tick.ToString("G4", CultureInfo.InvariantCulture)}</text>");
        }
        foreach (double tick in TicksOf(0, lastStep).Where(tick => tick <= lastStep * 1.001))
            svg.Add($"<text x=\"{X(tick)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{tick.ToString("G6", CultureInfo.InvariantCulture)}</text>");
        svg.Add($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">step</text>");
        svg.Add($"<text x=\"12\" y=\"{(Top + Height - Bottom) / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 12 {(Top + Height - Bottom) / 2})\">{unit}</text>");
        foreach (Line line in lines)
        {
            string points = string.Join(' ', Thin(line.Points).Select(point => $"{HtmlText.Number(X(point.Step))},{HtmlText.Number(Y(point.Value))}"));
            svg.Add($"<polyline class=\"series\" stroke=\"var(--c{line.Color})\" points=\"{points}\"><title>{line.Name}</title></polyline>");
        }
        return svg.Raw("</svg>").ToString();

        double X(double step) => Left + (step / lastStep * (Width - Left - Right));

        double Y(double value) => Top + ((high - value) / (high - low) * (Height - Top - Bottom));
    }

    // Long curves are averaged in buckets, so that 400,000 steps stay readable and small.
    private static IEnumerable<(int Step, double Value)> Thin(IReadOnlyList<(int Step, double Value)> points)
    {
        if (points.Count <= MostPoints) return points;
        int size = (points.Count + MostPoints - 1) / MostPoints;
        return points.Chunk(size).Select(chunk => (chunk[chunk.Length / 2].Step, chunk.Average(point => point.Value)));
    }

    private static double[] TicksOf(double low, double high)
    {
        double span = Math.Max(high - low, 1e-9), raw = span / Ticks, unit = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = unit * (raw / unit) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        double first = Math.Floor(low / step);
        return [.. Enumerable.Range(0, (int)Math.Ceiling(high / step - first) + 1).Select(i => (first + i) * step)];
    }
}
