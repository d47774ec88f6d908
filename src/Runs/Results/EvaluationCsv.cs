using System.Globalization;
using System.Text;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Results;

/// <summary>Writes scores as CSV with a row per case and organ and a column per metric. A value that is not scored is empty.</summary>
internal static class EvaluationCsv
{
    public static string Write(EvaluationResult evaluation, IReadOnlyList<string> labels)
    {
        IReadOnlyList<ScoreMetric> metrics = evaluation.Settings.Metrics;
        var text = new StringBuilder("case,organ");
        foreach (ScoreMetric metric in metrics) text.Append(',').Append(metric.IsDistance() ? metric.Key() + "_mm" : metric.Key());
        text.Append(",truth_ml,predicted_ml\n");
        foreach (CaseResult one in evaluation.Cases)
        {
            for (int label = 0; label < labels.Count; label++)
            {
                text.Append(Field(one.Case)).Append(',').Append(Field(labels[label]));
                foreach (ScoreMetric metric in metrics) text.Append(',').Append(Number(one.Scores[metric][label]));
                text.Append(',').Append(Number(one.TruthMl[label])).Append(',').Append(Number(one.PredictedMl[label])).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        double.PositiveInfinity => "inf",
        { } number => number.ToString("0.######", CultureInfo.InvariantCulture),
    };

    // RFC 4180.
    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
