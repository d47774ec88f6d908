using System.Text;
using HiEndMae.Reports.Tables;

namespace HiEndMae.Reports.Output;

/// <summary>Writes a report as LaTeX tables, which need the package booktabs.</summary>
internal static class LatexWriter
{
    public static string Write(IReadOnlyList<ReportTable> tables) => "% \\usepackage{booktabs}\n" + string.Concat(tables.Select(table => "\n" + Table(table)));

    private static string Table(ReportTable table)
    {
        var text = new StringBuilder("\\begin{table}\n\\centering\n");
        string caption = table.Paper is { } paper ? $"{table.Heading}. {paper.Title}; {paper.Metric}. Paper: {paper.Source}." : $"{table.Heading}. Dice (%).";
        text.Append("\\caption{").Append(Escape(caption + (ReportLayout.Intervals(table) is { } intervals ? " " + intervals : ""))).Append("}\n");
        Grid(text, ReportLayout.Results(table));
        text.Append("\\end{table}\n");
        if (ReportLayout.Comparisons(table) is { } comparisons)
        {
            text.Append("\\begin{table}\n\\centering\n\\caption{").Append(Escape($"Comparisons of {table.Experiment}, seed by seed.")).Append("}\n");
            Grid(text, comparisons);
            text.Append("\\end{table}\n");
        }
        foreach (string line in table.Missing) text.Append("% missing: ").Append(line).Append('\n');
        foreach (string line in table.Notes) text.Append("% ").Append(line).Append('\n');
        return text.ToString();
    }

    private static void Grid(StringBuilder text, TextGrid grid)
    {
        text.Append("\\begin{tabular}{").Append(string.Concat(grid.Columns.Select(column => column.IsNumber ? 'r' : 'l'))).Append("}\n\\toprule\n");
        if (grid.Columns.Any(column => column.Group.Length > 0)) Groups(text, grid.Columns);
        Line(text, grid.Columns.Select(column => Escape(column.Name)));
        text.Append("\\midrule\n");
        foreach (GridLine line in grid.Lines)
        {
            if (line.Section is { } section) text.Append($"\\multicolumn{{{grid.Columns.Count}}}{{l}}{{\\emph{{{Escape(section)}}}}} \\\\\n");
            Line(text, line.Cells.Select(cell => cell.IsBest && cell.Text.Length > 0 ? $"\\textbf{{{Escape(cell.Text)}}}" : Escape(cell.Text)));
        }
        text.Append("\\bottomrule\n\\end{tabular}\n");
    }

    private static void Groups(StringBuilder text, IReadOnlyList<GridColumn> columns)
    {
        var heads = new List<string>();
        for (int i = 0; i < columns.Count;)
        {
            int width = columns.Skip(i).TakeWhile(column => column.Group == columns[i].Group).Count();
            if (columns[i].Group.Length == 0) heads.AddRange(Enumerable.Repeat("", width));
            else heads.Add($"\\multicolumn{{{width}}}{{c}}{{{Escape(columns[i].Group)}}}");
            i += width;
        }
        Line(text, heads);
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(" & ", cells).Append(" \\\\\n");

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => "\\" + c,
                '\\' => "\\textbackslash{}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '±' => "$\\pm$",
                '†' => "$^\\dagger$",
                _ => c.ToString(),
            });
        }
        return escaped.ToString();
    }
}
