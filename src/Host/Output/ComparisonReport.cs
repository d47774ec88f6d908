using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Metrics;
using HiEndMae.Runs.Results;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Prints a comparison as tables or as JSON.</summary>
internal static class ComparisonReport
{
    public static void Print(IAnsiConsole console, RunComparison comparison, string first, string second)
    {
        foreach (MetricComparison metric in comparison.Metrics)
        {
            Table table = new Table().Title(Markup.Escape($"{metric.Metric.Title()}: {first} against {second}"))
                .AddColumns("organ", "pairs", "first", "second", "difference", "95 % interval", "p", "p (Holm)");
            foreach (ComparisonRow row in metric.Rows) table.AddRow([.. Cells(row, metric.Metric).Select(Markup.Escape)]);
            console.Write(table);
        }
        console.WriteLine("Difference: second minus first, over the cases that both runs have. p: Wilcoxon's signed-rank test, two-sided. Holm: p adjusted for the organs of a table.");
        if (comparison.Unpaired.Count > 0) console.WriteLine($"Left out because only one run has them: {string.Join(", ", comparison.Unpaired)}.");
        foreach (string difference in comparison.Differences) console.WriteLine($"warning: the two runs were scored differently: {difference}.");
    }

    public static JsonObject ToJson(RunComparison comparison, string first, string second) => new()
    {
        ["first"] = first,
        ["second"] = second,
        ["cases"] = new JsonArray([.. comparison.Cases.Select(name => (JsonNode)name)]),
        ["unpaired"] = new JsonArray([.. comparison.Unpaired.Select(name => (JsonNode)name)]),
        ["warnings"] = new JsonArray([.. comparison.Differences.Select(text => (JsonNode)text)]),
        ["metrics"] = new JsonObject(comparison.Metrics.Select(metric => KeyValuePair.Create(metric.Metric.Key(), (JsonNode?)new JsonObject(
            metric.Rows.Select(row => KeyValuePair.Create(row.Name, (JsonNode?)Row(row))))))),
    };

    private static JsonObject Row(ComparisonRow row) => new()
    {
        ["pairs"] = row.Pairs,
        ["first"] = EvaluationJson.Number(row.First),
        ["second"] = EvaluationJson.Number(row.Second),
        ["difference"] = EvaluationJson.Number(row.Difference?.Mean),
        ["std"] = EvaluationJson.Number(row.Difference?.StandardDeviation),
        ["ci95_low"] = EvaluationJson.Number(row.Difference?.Low),
        ["ci95_high"] = EvaluationJson.Number(row.Difference?.High),
        ["wilcoxon"] = row.Test.Positive,
        ["nonzero_pairs"] = row.Test.Count,
        ["p"] = row.Test.PValue,
        ["p_holm"] = row.Holm,
        ["exact"] = row.Test.IsExact,
    };

    private static string[] Cells(ComparisonRow row, ScoreMetric metric)
    {
        double scale = metric.IsDistance() ? 1 : 100;
        string interval = row.Difference is { Low: { } low, High: { } high } ? $"{Signed(low)} to {Signed(high)}" : "-";
        return [
            row.Name, row.Pairs.ToString(CultureInfo.InvariantCulture), Number(row.First), Number(row.Second), row.Difference is { } difference ? Signed(difference.Mean) : "-",
            interval, row.Test.Count == 0 ? "-" : P(row.Test.PValue), row.Test.Count == 0 || row.Name == "mean" ? "-" : P(row.Holm)];

        string Number(double value) => double.IsNaN(value) ? "-" : (value * scale).ToString("F2", CultureInfo.InvariantCulture);
        string Signed(double value) => (value * scale).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
    }

    private static string P(double value) => value < 1e-4 ? value.ToString("0.0e-0", CultureInfo.InvariantCulture) : value.ToString("F4", CultureInfo.InvariantCulture);
}
