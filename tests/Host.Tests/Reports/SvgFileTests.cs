using System.Globalization;
using System.Xml.Linq;
using HiEndMae.Reports.Analysis;

namespace HiEndMae.Host.Tests.Reports;

/// <summary>Programs other than browsers can draw the SVG files of an analysis.</summary>
public sealed class SvgFileTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_file_has_plain_colours_and_a_legend_within_its_frame()
    {
        string[] series = [.. Enumerable.Range(0, 9).Select(i => $"a model with a long name & number {i}")];
        XElement root = XDocument.Parse(SvgFile.From(Chart(), series)).Root!;
        Assert.DoesNotContain("var(", root.ToString());
        Assert.Equal(series, root.Elements(Svg + "text").Select(text => text.Value).Where(series.Contains));
        double[] box = [.. ((string)root.Attribute("viewBox")!).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        Assert.True(box[3] > 300);
        Assert.All(root.Elements(Svg + "text"), text => Assert.InRange((double)text.Attribute("y")!, 0, box[3]));
        // The squares have the colours of the series: the second one's is the chart's own dot.
        string dot = (string)root.Elements(Svg + "circle").Single().Attribute("fill")!;
        Assert.Equal(dot, (string)root.Elements(Svg + "rect").Where(square => (string?)square.Attribute("width") == "9").ElementAt(1).Attribute("fill")!);
    }

    [Fact]
    public void Without_series_the_frame_stays()
    {
        XElement root = XDocument.Parse(SvgFile.From(Chart(), [])).Root!;
        Assert.Equal("0 0 640 300", (string)root.Attribute("viewBox")!);
        Assert.DoesNotContain("var(", root.ToString());
    }

    private static string Chart()
    {
        var chart = new SvgChart("title", "unit", "across", 0, 10);
        chart.Dot(0.5, 5, 1, "a dot");
        return chart.End();
    }
}
