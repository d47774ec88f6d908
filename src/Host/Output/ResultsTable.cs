using System.Globalization;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Results;
using Spectre.Console;

namespace HiEndMae.Host.Output;

/// <summary>Prints the final table of a run: a column per start, a row per organ.</summary>
internal static class ResultsTable
{
    public static void Print(IAnsiConsole console, ExperimentResults results)
    {
        if (results.Evaluations.Count > 0)
        {
            Table table = new Table().Title("Dice (%) on the test split").AddColumn("organ");
            foreach (string start in results.Evaluations.Keys) table.AddColumn(new TableColumn(Markup.Escape(start)).RightAligned());
            for (int label = 0; label < results.LabelNames.Count; label++)
                table.AddRow([Markup.Escape(results.LabelNames[label]), .. results.Evaluations.Values.Select(evaluation => Percent(evaluation.PerClass[label]))]);
            EvaluationResult first = results.Evaluations.Values.First();
            string mean = first.IncludesBackground ? "mean (with background)" : "mean (without background)";
            table.AddRow([mean, .. results.Evaluations.Values.Select(evaluation => Percent(evaluation.Mean))]);
            console.Write(table);
            EvaluationTable.PrintPolicy(console, first);
        }
        foreach ((string stage, Engine.Training.TrainResult training) in results.Trainings)
        {
            string loss = double.IsFinite(training.LastLoss) ? training.LastLoss.ToString("F4", CultureInfo.InvariantCulture) : "as before";
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage}: {training.Steps} steps, loss {loss}, {training.Elapsed.TotalSeconds:F1} s"));
        }
        // Paths go past the console's word wrap, so that they can be copied whole.
        TextWriter lines = console.Profile.Out.Writer;
        lines.WriteLine($"results in {results.Folder}");
        if (results.Page is { } page) lines.WriteLine($"report: {page}");
    }

    private static string Percent(double? dice) => dice is { } value ? (100 * value).ToString("F2", CultureInfo.InvariantCulture) : "-";
}
