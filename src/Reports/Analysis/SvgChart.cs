using System.Globalization;
using HiEndMae.Reports.Html;

namespace HiEndMae.Reports.Analysis;

/// <summary>Draws a chart as SVG, for a page or for a file.</summary>
internal sealed class SvgChart
{
    private const double Left = 58, Right = 14, Top = 12, Bottom = 40;
    private static readonly string[] Colors = ["#0b63c5", "#d1470c", "#0a8a5f", "#a0348a", "#8a6d00", "#3f7fa8", "#c02942", "#5b4bc4", "#4d7c0f", "#7a4a2b", "#111827", "#6b7280"];
    private readonly HtmlText svg = new();
    private readonly double width;
    private readonly double height;
    private readonly double low;
    private readonly double high;
    private readonly bool isLogarithmic;

    /// <summary>Begins a chart with a vertical axis.</summary>
    /// <param name="title">Title, also for screen readers.</param>
    /// <param name="unit">Label of the vertical axis.</param>
    /// <param name="across">Label of the horizontal axis.</param>
    /// <param name="low">Least value.</param>
    /// <param name="high">Greatest value.</param>
    /// <param name="isLogarithmic">Whether the axis is logarithmic. Then low must be greater than 0.</param>
    /// <param name="width">Width in the chart's own units.</param>
    /// <param name="height">Height in the chart's own units.</param>
    public SvgChart(string title, string unit, string across, double low, double high, bool isLogarithmic = false, double width = 640, double height = 300)
    {
        (this.width, this.height, this.isLogarithmic) = (width, height, isLogarithmic);
        double[] ticks = isLogarithmic ? Decades(low, high) : Ticks(low, high);
        (this.low, this.high) = (Math.Min(low, ticks[0]), Math.Max(high, ticks[^1]));
        if (this.high <= this.low) this.high = this.low + 1;
        svg.Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"11\">");
        foreach (double tick in ticks)
        {
            svg.Add($"<line x1=\"{Left}\" x2=\"{width - Right}\" y1=\"{Y(tick)}\" y2=\"{Y(tick)}\" stroke=\"var(--line,#d9dee7)\"/>");
            svg.Add($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4}\" text-anchor=\"end\" fill=\"var(--soft,#5b6577)\">{tick.ToString("G4", CultureInfo.InvariantCulture)}</text>");
        }
        svg.Add($"<text x=\"{(Left + width - Right) / 2}\" y=\"{height - 6}\" text-anchor=\"middle\" fill=\"var(--soft,#5b6577)\">{across}</text>");
        double middle = (Top + height - Bottom) / 2;
        svg.Add($"<text x=\"13\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 13 {middle})\" fill=\"var(--soft,#5b6577)\">{unit}</text>");
    }

    /// <summary>Width of the plot area.</summary>
    public double Inner => width - Left - Right;

    /// <summary>The colour of a series.</summary>
    public static string Color(int series) => $"var(--c{series % Colors.Length},{Colors[series % Colors.Length]})";

    /// <summary>Returns the x coordinate of a fraction (0 to 1) of the horizontal axis.</summary>
    public double X(double part) => Left + (part * Inner);

    /// <summary>Returns the y coordinate of a value.</summary>
    public double Y(double value)
    {
        double part = isLogarithmic ? Math.Log(Math.Max(value, low) / low) / Math.Log(high / low) : (value - low) / (high - low);
        return height - Bottom - (Math.Clamp(part, -0.02, 1.02) * (height - Bottom - Top));
    }

    /// <summary>Writes a name below the horizontal axis.</summary>
    public void Name(double part, string name) => svg.Add($"<text x=\"{X(part)}\" y=\"{height - Bottom + 16}\" text-anchor=\"middle\" fill=\"var(--soft,#5b6577)\">{name}</text>");

    /// <summary>A box from the lower to the upper quartile with its median, and whiskers.</summary>
    public void Box(double part, double halfWidth, int series, (double Least, double Low, double Median, double High, double Most) box, string tip)
    {
        double x = X(part);
        svg.Raw($"<g stroke=\"{Color(series)}\" fill=\"{Color(series)}\">").Add($"<title>{tip}</title><line x1=\"{x}\" x2=\"{x}\" y1=\"{Y(box.Least)}\" y2=\"{Y(box.Most)}\"/>");
        svg.Add($"<rect x=\"{x - halfWidth}\" y=\"{Y(box.High)}\" width=\"{2 * halfWidth}\" height=\"{Math.Max(1, Y(box.Low) - Y(box.High))}\" fill-opacity=\"0.3\"/>");
        svg.Add($"<line x1=\"{x - halfWidth}\" x2=\"{x + halfWidth}\" y1=\"{Y(box.Median)}\" y2=\"{Y(box.Median)}\" stroke-width=\"2\"/></g>");
    }

    /// <summary>A dot.</summary>
    public void Dot(double part, double value, int series, string tip) =>
        svg.Add($"<circle cx=\"{X(part)}\" cy=\"{Y(value)}\" r=\"2.6\" fill-opacity=\"0.75\" ").Raw($"fill=\"{Color(series)}\">").Add($"<title>{tip}</title></circle>");

    /// <summary>A vertical interval.</summary>
    public void Interval(double part, double from, double to, int series) => svg.Add($"<line x1=\"{X(part)}\" x2=\"{X(part)}\" y1=\"{Y(from)}\" y2=\"{Y(to)}\" ").Raw($"stroke=\"{Color(series)}\" stroke-width=\"1.4\"/>");

    /// <summary>A line through points.</summary>
    public void Line(IEnumerable<(double Part, double Value)> points, int series, string tip, bool isDashed = false)
    {
        string path = string.Join(' ', points.Where(point => double.IsFinite(point.Value)).Select(point => $"{HtmlText.Number(X(point.Part))},{HtmlText.Number(Y(point.Value))}"));
        svg.Raw($"<polyline fill=\"none\" stroke=\"{Color(series)}\" stroke-width=\"1.6\"{(isDashed ? " stroke-dasharray=\"5 4\"" : "")} points=\"{path}\">").Add($"<title>{tip}</title></polyline>");
    }

    /// <summary>A filled band between two curves.</summary>
    public void Band(IReadOnlyList<(double Part, double Low, double High)> points, int series)
    {
        IEnumerable<string> there = points.Select(point => $"{HtmlText.Number(X(point.Part))},{HtmlText.Number(Y(point.High))}");
        IEnumerable<string> back = points.Reverse().Select(point => $"{HtmlText.Number(X(point.Part))},{HtmlText.Number(Y(point.Low))}");
        svg.Raw($"<polygon fill=\"{Color(series)}\" fill-opacity=\"0.18\" points=\"{string.Join(' ', there.Concat(back))}\"/>");
    }

    /// <summary>Ends the chart.</summary>
    public string End() => svg.Raw("</svg>").ToString();

    /// <summary>Round numbers over a range.</summary>
    public static double[] Ticks(double low, double high)
    {
        double span = Math.Max(high - low, 1e-9), raw = span / 5, unit = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = unit * (raw / unit) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 }, first = Math.Floor(low / step);
        return [.. Enumerable.Range(0, (int)Math.Ceiling((high / step) - first) + 1).Select(i => Math.Round((first + i) * step, 12))];
    }

    private static double[] Decades(double low, double high)
    {
        int first = (int)Math.Floor(Math.Log10(low)), last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(high)));
        return [.. Enumerable.Range(first, last - first + 1).Select(power => Math.Pow(10, power))];
    }
}
