using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Runs.Analysis;

namespace HiEndMae.Reports.Analysis;

/// <summary>Draws the Dice of every target against its volume, elongation and surface, as SVG (Figures 4 and S2 to S4).</summary>
internal static class TargetCharts
{
    /// <summary>Returns a chart per property: file name and SVG.</summary>
    public static IReadOnlyList<(string Name, string Svg)> All(IReadOnlyList<TargetRow> rows, IReadOnlyList<string> models) =>
        rows.Count == 0 ? [] : [.. TargetAnalysis.Properties.Select(property => ($"dice-by-{property.Name.Split('_')[0]}", Chart(rows, models, property.Title, property.Unit, property.Of)))];

    private static string Chart(IReadOnlyList<TargetRow> rows, IReadOnlyList<string> models, string title, string unit, Func<OrganShape, double> of)
    {
        // Volumes differ by powers of ten.
        double low = Math.Log10(rows.Min(row => of(row.Shape))), high = Math.Log10(rows.Max(row => of(row.Shape)));
        if (high <= low) (low, high) = (low - 0.1, high + 0.1);
        var chart = new SvgChart($"Dice by {title}", "Dice", $"{title}{(unit.Length > 0 ? $" ({unit})" : "")}, logarithmic; {string.Join(", ", models)}", 0, 1);
        for (int tick = 0; tick <= 4; tick++) chart.Name(tick / 4.0, Math.Pow(10, low + ((high - low) * tick / 4)).ToString("G3", CultureInfo.InvariantCulture));
        foreach (TargetRow row in rows)
        {
            double part = (Math.Log10(of(row.Shape)) - low) / (high - low);
            for (int m = 0; m < models.Count; m++)
            {
                if (row.Dice[m] is { } dice) chart.Dot(part, dice, m, string.Create(CultureInfo.InvariantCulture, $"{models[m]}, {row.Case}, {row.Organ}: {title} {of(row.Shape):G4}, Dice {dice:F3}"));
            }
        }
        return chart.End();
    }
}
