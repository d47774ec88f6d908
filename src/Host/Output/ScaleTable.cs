using System.Globalization;
using HiEndMae.Reports.Analysis;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Shows the result of <c>bench --vary</c>: a table for each key, and all of them as one picture.</summary>
internal static class ScaleTable
{
    /// <summary>The table of one key.</summary>
    /// <param name="points">What was measured, in the order of the values.</param>
    public static Table Text(IReadOnlyList<ScalePoint> points)
    {
        Table table = new Table().AddColumn(Markup.Escape(points[0].Key), column => column.RightAligned());
        foreach (string name in (string[])["step, ms", "best, ms", "x first", "GFLOP", "x first", "of matrix products", "peak memory, GB", "x first"]) table.AddColumn(name, column => column.RightAligned());
        ScalePoint first = points[0];
        foreach (ScalePoint point in points)
        {
            table.AddRow(
                Markup.Escape(point.Value), Text(1000 * point.Seconds, "F0"), Text(1000 * point.Best, "F0"), Text(point.Best / first.Best, "F2"), Text(point.Gflop, "F1"), Text(point.Gflop / first.Gflop, "F2"),
                Text(100 * point.Utilization, "F0") + " %", Text(point.Gigabytes, "F2"), Text(point.Gigabytes / first.Gigabytes, "F2"));
        }
        return table;
    }

    /// <summary>Draws best time, operations and memory as an SVG file that needs no page around it. Each curve is divided by its value for the first value of its key.</summary>
    public static string Svg(IReadOnlyList<IReadOnlyList<ScalePoint>> keys)
    {
        (string Name, Func<ScalePoint, double> Of)[] series = [("time", point => point.Best), ("operations", point => point.Gflop), ("memory", point => point.Gigabytes)];
        double most = keys.SelectMany(points => series.SelectMany(one => points.Select(point => one.Of(point) / one.Of(points[0])))).Max();
        int columns = keys.Sum(points => points.Count) + keys.Count;
        var chart = new SvgChart("Time, operations and memory of a training step", "times the first value", string.Join(", ", keys.Select(points => points[0].Key)), 0, most, width: Math.Max(640, 60 * columns));
        int column = 1;
        foreach (IReadOnlyList<ScalePoint> points in keys)
        {
            int from = column;
            for (int i = 0; i < points.Count; i++) chart.Name(Part(from + i), points[i].Value);
            for (int at = 0; at < series.Length; at++)
            {
                Func<ScalePoint, double> of = series[at].Of;
                chart.Line(points.Select((point, i) => (Part(from + i), of(point) / of(points[0]))), at, $"{series[at].Name} by {points[0].Key}", isDashed: at == 1);
                for (int i = 0; i < points.Count; i++) chart.Dot(Part(from + i), of(points[i]) / of(points[0]), at, $"{series[at].Name}, {points[i].Key} = {points[i].Value}: {Text(of(points[i]) / of(points[0]), "F2")}");
            }
            column += points.Count + 1;
        }
        return SvgFile.From(chart.End(), [.. series.Select(one => one.Name)]);

        double Part(int place) => (double)place / columns;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
