using HiEndMae.Reports.Output;
using HiEndMae.Reports.Tables;
using Spectre.Console;
using GridColumn = HiEndMae.Reports.Output.GridColumn;

namespace HiEndMae.Host.Output;

/// <summary>Prints a report on the terminal.</summary>
internal static class TerminalWriter
{
    // Lines in a file or a pipe may have any length.
    private const int WidthOfFiles = 260;

    public static void Write(IAnsiConsole console, IReadOnlyList<ReportTable> tables)
    {
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = Math.Max(console.Profile.Width, WidthOfFiles);
        foreach (ReportTable table in tables)
        {
            console.MarkupLineInterpolated($"[bold]{table.Heading}[/]");
            if (table.Paper is { } paper) console.WriteLine($"{paper.Title}; {paper.Metric}. Paper: {paper.Source}.");
            console.Write(Table(ReportLayout.Results(table)));
            if (ReportLayout.Intervals(table) is { } intervals) console.WriteLine(intervals);
            if (ReportLayout.Comparisons(table) is { } comparisons) console.Write(Table(comparisons));
            List(console, "missing", table.Missing);
            List(console, "note", table.Notes);
            console.WriteLine();
        }
    }

    private static Table Table(TextGrid grid)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (GridColumn column in grid.Columns)
        {
            string name = column.Group.Length > 0 ? $"{column.Group}\n{column.Name}" : column.Name;
            var head = new TableColumn(Markup.Escape(name)) { NoWrap = true };
            table.AddColumn(column.IsNumber ? head.RightAligned() : head);
        }
        foreach (GridLine line in grid.Lines)
        {
            if (line.Section is { } section) table.AddRow([$"[italic]{Markup.Escape(section)}[/]", .. Enumerable.Repeat("", grid.Columns.Count - 1)]);
            table.AddRow([.. line.Cells.Select(Cell)]);
        }
        return table;
    }

    private static string Cell(GridCell cell)
    {
        string text = Markup.Escape(cell.Text);
        if (text.Length == 0) return text;
        return (cell.IsBest, cell.IsOurs) switch
        {
            (true, true) => $"[bold green]{text}[/]",
            (true, false) => $"[bold]{text}[/]",
            (false, true) => $"[green]{text}[/]",
            _ => text,
        };
    }

    private static void List(IAnsiConsole console, string word, IReadOnlyList<string> items)
    {
        foreach (string item in items) console.WriteLine($"{word}: {item}");
    }
}
