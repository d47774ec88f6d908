using System.Globalization;
using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Html;

/// <summary>Draws the Dice scores of one class as inline SVG with a bar per row.</summary>
internal static class BarChart
{
    private const double Width = 340, RowHeight = 17, Left = 156, ValueWidth = 40, BarHeight = 11;
    private const int LongestName = 25;

    /// <summary>Draws bars from 0 to 100 %.</summary>
    /// <param name="title">The class.</param>
    /// <param name="bars">Name, colour index and value of each bar.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, int Color, Estimate Value)> bars)
    {
        double height = (bars.Count * RowHeight) + 2;
        var svg = new HtmlText();
        svg.Add($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"Dice of {title}: {string.Join(", ", bars.Select(bar => $"{bar.Name} {Text(bar.Value)}"))}\">");
        for (int i = 0; i < bars.Count; i++)
        {
            (string name, int color, Estimate value) = bars[i];
            double y = (i * RowHeight) + 3, middle = y + (BarHeight / 2);
            string shown = name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";
            svg.Add($"<text x=\"{Left - 6}\" y=\"{middle + 4}\" text-anchor=\"end\">{shown}</text><rect class=\"track\" x=\"{Left}\" y=\"{y}\" width=\"{X(100) - Left}\" height=\"{BarHeight}\" rx=\"2\"/>");
            svg.Add($"<rect x=\"{Left}\" y=\"{y}\" width=\"{Math.Max(0.5, X(value.Mean) - Left)}\" height=\"{BarHeight}\" rx=\"2\" fill=\"var(--c{color})\"><title>{name}: {Text(value)} %</title></rect>");
            if (value is { Low: { } low, High: { } high })
                svg.Add($"<line class=\"whisker\" x1=\"{X(Math.Clamp(low, 0, 100))}\" x2=\"{X(Math.Clamp(high, 0, 100))}\" y1=\"{middle}\" y2=\"{middle}\"/>");
            svg.Add($"<text class=\"value\" x=\"{Width - 2}\" y=\"{middle + 4}\" text-anchor=\"end\">{value.Mean.ToString("0.0", CultureInfo.InvariantCulture)}</text>");
        }
        return svg.Raw("</svg>").ToString();
    }

    private static double X(double percent) => Left + (percent / 100 * (Width - Left - ValueWidth));

    private static string Text(Estimate value) => value.Mean.ToString("0.00", CultureInfo.InvariantCulture) + (value.HalfWidth is { } half ? " ± " + half.ToString("0.00", CultureInfo.InvariantCulture) : "");
}
