using HiEndMae.Runs.Analysis;

namespace HiEndMae.Reports.Analysis;

/// <summary>Writes the data of the figures, with a line per model, layer and measure.</summary>
internal static class AnalysisCsv
{
    /// <summary>Returns the table.</summary>
    public static string Write(AnalysisDocument document)
    {
        var csv = new CsvText("model", "layer", "measure", "unit", "mean", "ci95_low", "ci95_high", "q1", "median", "q3", "cases");
        foreach (AnalysisModel model in document.Models)
        {
            IReadOnlyList<string> names = model.LayerNames;
            for (int layer = 0; layer < names.Count; layer++)
            {
                foreach (string measure in document.Measures)
                {
                    csv.Add([
                        model.Label, names[layer], measure, document.Unit(measure),
                        .. ((string[])["mean", "low", "high", "q1", "median", "q3", "cases"]).Select(key => (object)model.Value(layer, measure, key)),
                    ]);
                }
            }
        }
        return csv.ToString();
    }
}
