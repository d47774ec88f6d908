using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Reports.Html;
using HiEndMae.Runs.Analysis;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Reports.Analysis;

/// <summary>Draws the figures of an analysis as SVG.</summary>
internal static class AnalysisCharts
{
    private static readonly double[] NoValues = [];

    /// <summary>Returns every figure for which the document has data: file name, title and SVG.</summary>
    public static IReadOnlyList<(string Name, string Title, string Svg)> All(AnalysisDocument document)
    {
        var found = new List<(string, string, string)>();
        foreach (string measure in document.Measures)
        {
            string file = measure.Replace('/', '-').Replace('_', '-'), title = document.Title(measure);
            if (measure.StartsWith("effective_rank", StringComparison.Ordinal)) Add(file, $"{title} by layer, distribution over crops", Boxes(document, measure));
            else Add(file, $"{title} by layer, mean and 95 % interval over cases; dots are heads", Lines(document, measure));
        }
        if (document.Models.Any(model => model.Layers.Count > 0 && model.SingularValues(0, "median").Length > 0))
        {
            Add("singular-values", "singular values of V by layer, medians over crops", Spectra(document));
            Add("singular-values-by-rank", "singular values of V by rank: median and quartiles over crops", Decays(document));
        }
        foreach (AnalysisModel model in document.Models)
        {
            string name = FileNames.Safe(model.Label);
            if (model.Matrix("cka") is { } cka) Add($"cka-{name}", $"CKA between layers of {model.Label}", Heatmap(cka, model.LayerNames, model.LayerNames, model.Label, model.Label));
            if (model.Matrix("cka_linear") is { } linear) Add($"cka-linear-{name}", $"linear CKA between layers of {model.Label}", Heatmap(linear, model.LayerNames, model.LayerNames, model.Label, model.Label));
            if (model.Matrix("cka_with_first") is { } between)
                Add($"cka-{name}-with-{FileNames.Safe(document.Models[0].Label)}", $"CKA between layers of {model.Label} and {document.Models[0].Label}", Heatmap(between, model.LayerNames, document.Models[0].LayerNames, model.Label, document.Models[0].Label));
        }
        return found;

        void Add(string name, string title, string? svg)
        {
            if (svg is not null) found.Add((name, title, svg));
        }
    }

    // Figure 6: a box per layer and model.
    private static string? Boxes(AnalysisDocument document, string measure)
    {
        IReadOnlyList<AnalysisModel> models = document.Models;
        double[] all = [.. models.SelectMany(model => Enumerable.Range(0, model.Layers.Count).SelectMany(layer => model.Crops(layer, measure)))];
        if (all.Length == 0) return null;
        var chart = new SvgChart(document.Title(measure), document.Title(measure), "layer (block, counted from zero)", Math.Min(1, all.Min()), all.Max());
        ForLayers(document, chart, (model, series, layer, part, half) =>
        {
            double[] values = [.. model.Crops(layer, measure).Order()];
            if (values.Length == 0) return;
            chart.Box(part, half, series, (values[0], Quantile(values, 0.25), Quantile(values, 0.5), Quantile(values, 0.75), values[^1]),
                string.Create(CultureInfo.InvariantCulture, $"{model.Label}, layer {model.LayerNames[layer]}: median {Quantile(values, 0.5):G4}, {values.Length} crops"));
        });
        return chart.End();
    }

    // A line of means with intervals, and a dot per head.
    private static string? Lines(AnalysisDocument document, string measure)
    {
        IReadOnlyList<AnalysisModel> models = document.Models;
        double[] all = [.. models.SelectMany(model => Enumerable.Range(0, model.Layers.Count).SelectMany(layer =>
            model.Values(layer, measure, "by_head").Append(model.Value(layer, measure, "mean")).Append(model.Value(layer, measure, "low")).Append(model.Value(layer, measure, "high"))))];
        all = [.. all.Where(double.IsFinite)];
        if (all.Length == 0) return null;
        string unit = document.Unit(measure) is { Length: > 0 } named ? $"{document.Title(measure)} ({named})" : document.Title(measure);
        var chart = new SvgChart(document.Title(measure), unit, "layer (block, counted from zero)", Math.Min(0, all.Min()), all.Max());
        var means = models.Select(_ => new List<(double, double)>()).ToArray();
        ForLayers(document, chart, (model, series, layer, part, _) =>
        {
            double[] heads = model.Values(layer, measure, "by_head");
            for (int head = 0; head < heads.Length; head++)
            {
                if (double.IsFinite(heads[head])) chart.Dot(part, heads[head], series, string.Create(CultureInfo.InvariantCulture, $"{model.Label}, layer {model.LayerNames[layer]}, head {head}: {heads[head]:G4}"));
            }
            (double low, double high) = (model.Value(layer, measure, "low"), model.Value(layer, measure, "high"));
            if (double.IsFinite(low) && double.IsFinite(high)) chart.Interval(part, low, high, series);
            means[series].Add((part, model.Value(layer, measure, "mean")));
        });
        for (int series = 0; series < models.Count; series++) chart.Line(means[series], series, models[series].Label);
        return chart.End();
    }

    // Figure 7: the singular values of each layer, on a logarithmic axis.
    private static string Spectra(AnalysisDocument document)
    {
        double[] all = [.. document.Models.SelectMany(model => Enumerable.Range(0, model.Layers.Count).SelectMany(layer => model.SingularValues(layer, "median")))];
        // Smaller values are rounding errors.
        double high = all.Max(), low = Math.Max(all.Where(value => value > high * 1e-6).DefaultIfEmpty(high).Min(), high * 1e-6);
        var chart = new SvgChart("singular values", "singular value", "layer (block, counted from zero)", low, high, isLogarithmic: true);
        ForLayers(document, chart, (model, series, layer, part, half) =>
        {
            double[] values = [.. model.SingularValues(layer, "median").Order()];
            if (values.Length == 0) return;
            chart.Box(part, half, series, (values[0], Quantile(values, 0.25), Quantile(values, 0.5), Quantile(values, 0.75), values[^1]),
                string.Create(CultureInfo.InvariantCulture, $"{model.Label}, layer {model.LayerNames[layer]}: median {Quantile(values, 0.5):G4}, largest {values[^1]:G4}"));
        });
        return chart.End();
    }

    // The decay of the singular values in a few layers: first, two in between, last.
    private static string Decays(AnalysisDocument document)
    {
        int depth = document.Models.Max(model => model.Layers.Count);
        int[] shown = [.. new[] { 0, depth / 3, 2 * depth / 3, depth - 1 }.Distinct()];
        double[] all = [.. document.Models.SelectMany(model => shown.Where(layer => layer < model.Layers.Count).SelectMany(layer => model.SingularValues(layer, "median")))];
        double high = all.Max(), low = high * 1e-4;
        var chart = new SvgChart("singular values by rank", "singular value", $"rank k; layers {string.Join(", ", shown)} side by side", low, high, isLogarithmic: true, width: 900);
        for (int panel = 0; panel < shown.Length; panel++)
        {
            double start = panel / (double)shown.Length, span = 0.92 / shown.Length;
            chart.Name(start + (span / 2), $"layer {shown[panel]}");
            for (int series = 0; series < document.Models.Count; series++)
            {
                AnalysisModel model = document.Models[series];
                double[] median = shown[panel] < model.Layers.Count ? model.SingularValues(shown[panel], "median") : NoValues;
                if (median.Length == 0) continue;
                double[] q1 = model.SingularValues(shown[panel], "q1"), q3 = model.SingularValues(shown[panel], "q3");
                chart.Band([.. median.Select((_, k) => (start + (span * k / median.Length), q1[k], q3[k]))], series);
                chart.Line(median.Select((value, k) => (start + (span * k / median.Length), value)), series, $"{model.Label}, layer {shown[panel]}");
            }
        }
        return chart.End();
    }

    private static string Heatmap(double[][] values, IReadOnlyList<string> rows, IReadOnlyList<string> columns, string rowTitle, string columnTitle)
    {
        const double Cell = 26, Left = 64, Top = 8, Bottom = 40;
        double width = Left + (columns.Count * Cell) + 10, height = Top + (rows.Count * Cell) + Bottom;
        HtmlText svg = new HtmlText().Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"CKA\" font-family=\"sans-serif\" font-size=\"10\" style=\"max-width:{width}px\">");
        for (int i = 0; i < rows.Count; i++)
        {
            svg.Add($"<text x=\"{Left - 5}\" y=\"{Top + (i * Cell) + 17}\" text-anchor=\"end\" fill=\"var(--soft,#5b6577)\">{Short(rows[i])}</text>");
            for (int j = 0; j < columns.Count; j++)
            {
                double value = values[i][j], part = double.IsFinite(value) ? Math.Clamp(value, 0, 1) : 0;
                // Colours go from pale to dark blue. The text is white on dark cells.
                svg.Add($"<rect x=\"{Left + (j * Cell)}\" y=\"{Top + (i * Cell)}\" width=\"{Cell - 1}\" height=\"{Cell - 1}\" fill=\"rgb({(int)(240 - (210 * part))},{(int)(244 - (170 * part))},{(int)(250 - (110 * part))})\"><title>{rowTitle} {rows[i]}, {columnTitle} {columns[j]}: {value.ToString("F3", CultureInfo.InvariantCulture)}</title></rect>");
                svg.Add($"<text x=\"{Left + (j * Cell) + 12.5}\" y=\"{Top + (i * Cell) + 16.5}\" text-anchor=\"middle\" font-size=\"8.5\" fill=\"{(part > 0.55 ? "#fff" : "#1c2330")}\">{(double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "")}</text>");
            }
        }
        for (int j = 0; j < columns.Count; j++)
            svg.Add($"<text x=\"{Left + (j * Cell) + 12.5}\" y=\"{Top + (rows.Count * Cell) + 13}\" text-anchor=\"middle\" fill=\"var(--soft,#5b6577)\">{Short(columns[j])}</text>");
        svg.Add($"<text x=\"{Left}\" y=\"{height - 8}\" fill=\"var(--soft,#5b6577)\">rows: {rowTitle}; columns: {columnTitle}</text>");
        return svg.Raw("</svg>").ToString();
    }

    private static string Short(string layer) => layer.StartsWith("stride ", StringComparison.Ordinal) ? "1/" + layer["stride ".Length..].Split('x')[0] : layer;

    // Layers are side by side, and models are side by side within a layer.
    private static void ForLayers(AnalysisDocument document, SvgChart chart, Action<AnalysisModel, int, int, double, double> draw)
    {
        IReadOnlyList<AnalysisModel> models = document.Models;
        int depth = models.Max(model => model.Layers.Count);
        double slot = 1.0 / depth, step = slot * 0.8 / models.Count;
        for (int layer = 0; layer < depth; layer++)
        {
            chart.Name((layer + 0.5) * slot, models.First(model => model.Layers.Count > layer).LayerNames[layer]);
            for (int series = 0; series < models.Count; series++)
            {
                if (layer < models[series].Layers.Count) draw(models[series], series, layer, (layer * slot) + (slot * 0.1) + ((series + 0.5) * step), Math.Min(9, step * chart.Inner * 0.4));
            }
        }
    }

    private static double Quantile(double[] sorted, double part) => LayerSummary.Quantile(sorted, part);
}
