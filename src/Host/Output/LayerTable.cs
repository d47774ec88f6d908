using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Metrics;
using HiEndMae.Runs.Analysis;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Measured layers as tables: one per measure, a row per layer, a column per model.</summary>
internal static class LayerTable
{
    /// <summary>Prints them.</summary>
    public static void Print(IAnsiConsole console, RepresentationResult result, int seed)
    {
        foreach (Measure measure in result.Measures)
        {
            Table table = Of($"{measure.Title}{(measure.Unit.Length > 0 ? $" ({measure.Unit})" : "")}: mean over cases, 95 % interval over cases", result);
            for (int layer = 0; layer < result.Models.Max(model => model.Measures.Layers.Count); layer++)
            {
                int at = layer;
                table.AddRow([Name(result, layer), .. result.Models.Select(model => Text(Values(model, measure, at), model.Measures.Cases, seed))]);
            }
            console.Write(table);
        }
        foreach (MeasuredModel model in result.Models.Where(model => model.Measures.Cka is not null && model.Measures.Layers.Count > 1))
        {
            EncoderMeasures measures = model.Measures;
            double[] next = [.. Enumerable.Range(1, measures.Layers.Count - 1).Select(layer => measures.Cka![layer - 1, layer])];
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CKA of {model.Label}: neighbouring layers {next.Min():F3} to {next.Max():F3}, first with last {measures.Cka![0, measures.Layers.Count - 1]:F3}"));
        }
    }

    private static Table Of(string title, RepresentationResult result)
    {
        Table table = new Table().AddColumn("layer").AddColumns([.. result.Models.Select(model => Markup.Escape(model.Label))]);
        table.Title = new TableTitle(Markup.Escape(title));
        return table;
    }

    private static string Name(RepresentationResult result, int layer) => Markup.Escape(result.Models.First(model => model.Measures.Layers.Count > layer).Measures.Layers[layer]);

    private static double[][]? Values(MeasuredModel model, Measure measure, int layer) =>
        model.Measures.Values.FirstOrDefault(entry => entry.Measure.Name == measure.Name).Values is { } values && layer < values.Length ? values[layer] : null;

    private static string Text(double[][]? values, IReadOnlyList<int> cases, int seed)
    {
        if (values is null || LayerSummary.Of(values, cases, seed).OverCases is not { } statistic) return "";
        return statistic.Low is { } low
            ? string.Create(CultureInfo.InvariantCulture, $"{statistic.Mean:G4} ({low:G4} to {statistic.High:G4})")
            : statistic.Mean.ToString("G4", CultureInfo.InvariantCulture);
    }
}
