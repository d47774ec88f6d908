using System.Globalization;
using System.Text.RegularExpressions;
using HiEndMae.Reports.Html;

namespace HiEndMae.Reports.Analysis;

/// <summary>Turns a chart of a page into a self-contained file. Programs other than browsers do not know CSS variables, and the page's legend is not part of the chart.</summary>
internal static partial class SvgFile
{
    private const double Margin = 58, RowHeight = 16, LetterWidth = 6.5, SquareSize = 9, Gap = 16;

    /// <summary>Returns the chart with plain colours, a white background and a legend below.</summary>
    /// <param name="chart">A chart of <see cref="SvgChart"/>.</param>
    /// <param name="series">Names of the series in order; empty for no legend.</param>
    public static string From(string chart, IReadOnlyList<string> series)
    {
        Match box = ViewBox().Match(chart);
        if (!box.Success) throw new ArgumentException("A chart has a viewBox.", nameof(chart));
        double width = Number(box.Groups["width"].Value), height = Number(box.Groups["height"].Value);
        var legend = new HtmlText();
        double x = Margin, y = height + RowHeight - 4;
        for (int i = 0; i < series.Count; i++)
        {
            double length = SquareSize + 5 + (series[i].Length * LetterWidth);
            if (x > Margin && x + length > width)
            {
                x = Margin;
                y += RowHeight;
            }
            legend.Raw($"<rect x=\"{HtmlText.Number(x)}\" y=\"{HtmlText.Number(y - SquareSize)}\" width=\"{SquareSize}\" height=\"{SquareSize}\" fill=\"{SvgChart.Color(i)}\"/>");
            legend.Add($"<text x=\"{x + SquareSize + 5}\" y=\"{y}\">{series[i]}</text>");
            x += length + Gap;
        }
        double whole = series.Count == 0 ? height : y + 8;
        string head = $"viewBox=\"0 0 {HtmlText.Number(width)} {HtmlText.Number(whole)}\" width=\"{HtmlText.Number(width)}\" height=\"{HtmlText.Number(whole)}\"";
        string framed = ViewBox().Replace(chart, head, 1);
        int start = framed.IndexOf('>', StringComparison.Ordinal) + 1, end = framed.LastIndexOf("</svg>", StringComparison.Ordinal);
        return Variable().Replace($"{framed[..start]}<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>{framed[start..end]}{legend}</svg>", "${plain}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("viewBox=\"0 0 (?<width>[0-9.]+) (?<height>[0-9.]+)\"")]
    private static partial Regex ViewBox();

    [GeneratedRegex(@"var\(--[a-z0-9-]+,\s*(?<plain>[^()]+)\)")]
    private static partial Regex Variable();
}
