using System.Globalization;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Results;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Prints an evaluation as a table with a row per organ and a column per metric, and explains the numbers below it.</summary>
internal static class EvaluationTable
{
    /// <summary>Prints every evaluation and the folder of its files.</summary>
    public static void Print(IAnsiConsole console, EvaluationFiles files, string? folder)
    {
        foreach ((string name, EvaluationResult result) in files.Evaluations) Print(console, name, result, files.Labels);
        if (folder is not null) console.WriteLine($"results in {Path.GetFullPath(folder)}");
    }

    public static void Print(IAnsiConsole console, string title, EvaluationResult evaluation, IReadOnlyList<string> labels)
    {
        ScoringPolicy policy = evaluation.Settings.Policy;
        Table table = new Table().Title(Markup.Escape(title)).AddColumn(new TableColumn("organ").NoWrap()).AddColumn(new TableColumn("cases").RightAligned());
        foreach (MetricSummary summary in evaluation.Summaries) table.AddColumn(new TableColumn(summary.Metric.Title()).RightAligned());
        table.AddColumn(new TableColumn("truth ml").RightAligned()).AddColumn(new TableColumn("predicted ml").RightAligned());
        for (int label = 0; label < labels.Count; label++)
        {
            int k = label;
            int count = evaluation.Cases.Count(one => one.TruthMl[k] > 0 || one.PredictedMl[k] > 0);
            table.AddRow([
                Markup.Escape(labels[label]), count.ToString(CultureInfo.InvariantCulture),
                .. evaluation.Summaries.Select(summary => Cell(summary.PerClass[k], summary.Metric)),
                Volume(evaluation.Cases.Average(one => one.TruthMl[k])), Volume(evaluation.Cases.Average(one => one.PredictedMl[k]))]);
        }
        table.AddEmptyRow();
        AddMean("mean with background", policy.IncludeBackground, summary => summary.WithBackground);
        AddMean("mean without background", !policy.IncludeBackground, summary => summary.WithoutBackground);
        console.Write(table);
        PrintPolicy(console, evaluation);

        void AddMean(string name, bool isTheOne, Func<MetricSummary, Statistic?> mean)
        {
            string[] cells = [name, evaluation.Cases.Count.ToString(CultureInfo.InvariantCulture), .. evaluation.Summaries.Select(summary => Cell(mean(summary), summary.Metric)), "", ""];
            table.AddRow([.. cells.Select(cell => isTheOne && cell.Length > 0 ? $"[bold]{cell}[/]" : cell)]);
        }
    }

    /// <summary>Prints the explanation of the numbers, which belongs below every table of scores.</summary>
    public static void PrintPolicy(IAnsiConsole console, EvaluationResult evaluation)
    {
        EvaluationSettings settings = evaluation.Settings;
        console.WriteLine($"Policy: {settings.Policy.Describe()}.");
        if (evaluation.Summaries.Any(summary => summary.WithoutBackground is { Low: not null }))
            console.WriteLine("Mean ± standard deviation over cases, and the 95 % bootstrap interval of the mean.");
        if (settings.Inference.Length > 0) console.WriteLine($"{settings.Cases} cases, {settings.Inference}.");
    }

    private static string Cell(Statistic? statistic, ScoreMetric metric)
    {
        if (statistic is null) return "-";
        double scale = metric.IsDistance() ? 1 : 100;
        string mean = Number(statistic.Mean * scale);
        if (statistic.StandardDeviation is { } deviation) mean += $" ± {Number(deviation * scale)}";
        if (statistic is { Low: { } low, High: { } high }) mean += $" ({Number(low * scale)} to {Number(high * scale)})";
        return Markup.Escape(mean);
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "inf" : value.ToString("F2", CultureInfo.InvariantCulture);

    private static string Volume(double millilitres) => millilitres.ToString("F1", CultureInfo.InvariantCulture);
}
