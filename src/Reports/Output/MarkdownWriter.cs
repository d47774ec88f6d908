using System.Text;
using HiEndMae.Reports.Tables;

namespace HiEndMae.Reports.Output;

/// <summary>Writes a report as Markdown with pipe tables.</summary>
internal static class MarkdownWriter
{
    public static string Write(IReadOnlyList<ReportTable> tables) => string.Join("\n", tables.Select(Table));

    private static string Table(ReportTable table)
    {
        var text = new StringBuilder();
        text.Append("## ").Append(table.Heading).Append("\n\n");
        if (table.Paper is { } paper) text.Append($"{paper.Title}; {paper.Metric}. Paper: {paper.Source}.\n\n");
        Grid(text, ReportLayout.Results(table));
        if (ReportLayout.Intervals(table) is { } intervals) text.Append(intervals).Append("\n\n");
        if (ReportLayout.Comparisons(table) is { } comparisons) Grid(text, comparisons);
        List(text, "Missing", table.Missing);
        List(text, "Notes", table.Notes);
        return text.ToString();
    }

    private static void Grid(StringBuilder text, TextGrid grid)
    {
        Line(text, grid.Columns.Select(column => Escape($"{column.Group} {column.Name}".Trim())));
        Line(text, grid.Columns.Select(column => column.IsNumber ? "---:" : "---"));
        foreach (GridLine line in grid.Lines)
        {
            if (line.Section is { } section) Line(text, grid.Columns.Select((_, i) => i == 0 ? $"*{Escape(section)}*" : ""));
            Line(text, line.Cells.Select(cell => cell.IsBest && cell.Text.Length > 0 ? $"**{Escape(cell.Text)}**" : Escape(cell.Text)));
        }
        text.Append('\n');
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void List(StringBuilder text, string heading, IReadOnlyList<string> items)
    {
        if (items.Count == 0) return;
        text.Append(heading).Append(":\n\n");
        foreach (string item in items) text.Append("- ").Append(Escape(item)).Append('\n');
        text.Append('\n');
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
