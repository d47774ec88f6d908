using System.Globalization;
using HiEndMae.Reports.Statistics;
using HiEndMae.Reports.Tables;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Reports.Output;

/// <summary>Lays out the cells of printed tables, independent of the output format.</summary>
internal static class ReportLayout
{
    private static readonly GridCell Empty = new("");

    /// <summary>Lays out the results: the paper's numbers, ours, and the difference on consecutive lines. If other data stands in for the paper's data, our results are in a separate column.</summary>
    public static TextGrid Results(ReportTable table)
    {
        bool threeLines = table.Paper is not null && !table.HasStandIns;
        GridColumn[] columns = [.. table.LabelNames.Select(name => new GridColumn("", name, IsNumber: name == table.Paper?.FlopsColumn)), .. threeLines ? [new GridColumn("", "by", IsNumber: false)] : Array.Empty<GridColumn>(),
            .. table.Columns.Select(column => new GridColumn(column.Group, column.Name, IsNumber: true))];
        var lines = new List<GridLine>();
        string section = "";
        foreach (ReportRow row in table.Rows)
        {
            string? heading = row.Section != section && row.Section.Length > 0 && !row.Labels.Contains(row.Section) ? row.Section : null;
            section = row.Section;
            lines.AddRange(threeLines ? Three(table, row, heading) : [new GridLine(heading, [.. Labels(row.Labels), .. table.Columns.Select(column => One(table, row, column))])]);
        }
        return new TextGrid(columns, lines);
    }

    /// <summary>Lays out the comparisons; null if there are none.</summary>
    public static TextGrid? Comparisons(ReportTable table)
    {
        if (table.Comparisons.Count == 0) return null;
        bool paper = table.Paper is not null;
        string[] headings = ["row", "against", "in", "difference", "seeds", "p (Holm)", "verdict", .. paper ? ["paper", "paper's column"] : Array.Empty<string>()];
        return new TextGrid(
            [.. headings.Select(name => new GridColumn("", name, name is "difference" or "seeds" or "p (Holm)" or "paper"))],
            [.. table.Comparisons.Select(one => new GridLine(null, [.. Cells(one, paper)]))]);
    }

    /// <summary>Explains the ± of the results; null if no cell has an interval.</summary>
    public static string? Intervals(ReportTable table) => table.Seeds() switch
    {
        null or { Most: 1 } => null,
        { } seeds => string.Create(CultureInfo.InvariantCulture, $"± is half of the 95 % confidence interval over {(seeds.Fewest == seeds.Most ? $"{seeds.Most}" : $"{seeds.Fewest} to {seeds.Most}")} seeds (Student's t). Differences of rows are taken seed by seed."),
    };

    /// <summary>Formats one of our results with its interval.</summary>
    public static string Text(Estimate? estimate, bool signed = false) => estimate is null ? "-" : Number(estimate.Mean, signed) + (estimate.HalfWidth is { } half ? $" ± {Number(half)}" : "");

    private static IEnumerable<GridLine> Three(ReportTable table, ReportRow row, string? heading)
    {
        yield return new GridLine(heading, [.. Labels(row.Labels), new GridCell("paper"), .. table.Columns.Select(column =>
            new GridCell(row.Cells[column.Id].PaperText, IsBestOfPaper(table, row, column)))]);
        bool counted = !row.OwnLabels.SequenceEqual(row.Labels);
        if (!row.HasOurs && !counted) yield break;
        yield return new GridLine(null, [.. row.OwnLabels.Select((label, i) => label == row.Labels[i] ? Empty : new GridCell(label, IsOurs: true)), new GridCell("ours", IsOurs: true),
            .. table.Columns.Select(column => new GridCell(Text(row.Cells[column.Id].Ours), IsBestOfOurs(table, row, column), IsOurs: true))]);
        if (!row.HasOurs) yield break;
        yield return new GridLine(null, [.. row.Labels.Select(_ => Empty), new GridCell("difference"),
            .. table.Columns.Select(column => new GridCell(row.Cells[column.Id].Difference is { } difference ? Number(difference, signed: true) : ""))]);
    }

    private static GridCell One(ReportTable table, ReportRow row, ReportColumn column)
    {
        ReportCell cell = row.Cells[column.Id];
        return column.IsOurs ? new GridCell(Text(cell.Ours), IsBestOfOurs(table, row, column), IsOurs: true) : new GridCell(cell.PaperText, IsBestOfPaper(table, row, column));
    }

    private static IEnumerable<GridCell> Labels(IEnumerable<string> labels) => labels.Select(label => new GridCell(label));

    private static IEnumerable<GridCell> Cells(Comparison one, bool paper)
    {
        yield return new GridCell(one.Question.Row);
        yield return new GridCell(one.Question.Against);
        yield return new GridCell(one.Column);
        yield return new GridCell(Text(one.Difference, signed: true), IsOurs: true);
        yield return new GridCell(one.Difference?.Count.ToString(CultureInfo.InvariantCulture) ?? "0");
        yield return new GridCell(one.AdjustedP?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-");
        yield return new GridCell(one.Verdict, IsBest: one.IsShown);
        if (!paper) yield break;
        yield return new GridCell(one.PaperDifference is { } difference ? Number((double)difference, signed: true) : "-");
        yield return new GridCell(one.PaperColumn);
    }

    private static bool IsBestOfOurs(ReportTable table, ReportRow row, ReportColumn column) =>
        row.Cells[column.Id].Ours is { } ours && table.Rows.Count(one => one.Cells[column.Id].Ours is not null) > 1 && table.Rows.Max(one => one.Cells[column.Id].Ours?.Mean) == ours.Mean;

    private static bool IsBestOfPaper(ReportTable table, ReportRow row, ReportColumn column) => row.Cells[column.Id].Paper is { } paper && Comparable(table, row).Max(one => one.Cells[column.Id].Paper) == paper;

    // Tables S4 to S6 contain three tables each, one per number of labels.
    private static IEnumerable<ReportRow> Comparable(ReportTable table, ReportRow row) => table.Paper!.Id.StartsWith("table-s", StringComparison.Ordinal)
        ? table.Rows.Where(other => other.Section.Split(':')[0] == row.Section.Split(':')[0])
        : table.Rows;

    private static string Number(double value, bool signed = false) => value.ToString(signed ? "+0.00;-0.00;0.00" : "0.00", CultureInfo.InvariantCulture);
}
