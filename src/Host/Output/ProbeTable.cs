using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Metrics;
using HiEndMae.Runs.Analysis;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Prints the results of probes as a table with a row per model and layer.</summary>
internal static class ProbeTable
{
    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, IReadOnlyList<ProbedModel> models, ProbeRequest request)
    {
        Table table = new Table().AddColumns("model", "layer", "ridge R2", "with position", "k-NN R2", "rank");
        table.Title = new TableTitle($"Frozen tokens, fitted on {request.FitSplit.ToString().ToLowerInvariant()}, scored on {request.ScoreSplit.ToString().ToLowerInvariant()} cases, 95 % intervals over cases");
        foreach (ProbedModel model in models)
        {
            foreach ((ProbeScore layer, ProbeScore placed) in model.Layers.Zip(model.WithPosition))
            {
                table.AddRow(
                    Markup.Escape(model.Label), Markup.Escape(layer.Layer), Text(layer.Ridge), Text(placed.Ridge), Text(layer.Nearest), layer.EffectiveRank.ToString("F1", CultureInfo.InvariantCulture));
            }
        }
        console.Write(table);
    }

    private static string Text(Statistic statistic) => statistic.Low is { } low
        ? string.Create(CultureInfo.InvariantCulture, $"{statistic.Mean:F3} ({low:F3} to {statistic.High:F3})")
        : statistic.Mean.ToString("F3", CultureInfo.InvariantCulture);
}
