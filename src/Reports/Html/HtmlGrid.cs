
using HiEndMae.Reports.Output;

namespace HiEndMae.Reports.Html;

/// <summary>Writes a table as HTML.</summary>
internal static class HtmlGrid
{
    public static void Write(HtmlText body, TextGrid grid, string label)
    {
        body.Add($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\"><table>\n<thead>\n");
        if (grid.Columns.Any(column => column.Group.Length > 0)) Groups(body, grid.Columns);
        body.Raw("<tr>");
        foreach (GridColumn column in grid.Columns) body.Raw(column.IsNumber ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">").Add($"{column.Name}</th>");
        body.Raw("</tr>\n</thead>\n<tbody>\n");
        foreach (GridLine line in grid.Lines)
        {
            if (line.Section is { } section) body.Add($"<tr class=\"section\"><th colspan=\"{grid.Columns.Count}\" scope=\"rowgroup\">{section}</th></tr>\n");
            body.Raw($"<tr{RowClass(line)}>");
            for (int i = 0; i < line.Cells.Count; i++) Cell(body, line.Cells[i], grid.Columns[i], isHead: i == 0 && line.Cells[i].Text.Length > 0);
            body.Raw("</tr>\n");
        }
        body.Raw("</tbody>\n</table></div>\n");
    }

    private static string RowClass(GridLine line) =>
        line.Cells.Any(cell => cell.Text == "difference") ? " class=\"difference\"" : line.Cells[0].Text.Length > 0 ? " class=\"first\"" : "";

    private static void Cell(HtmlText body, GridCell cell, GridColumn column, bool isHead)
    {
        string classes = string.Join(' ', new[] { column.IsNumber ? "num" : "", cell.IsBest && cell.Text.Length > 0 ? "best" : "", cell.IsOurs && cell.Text.Length > 0 ? "ours" : "" }.Where(name => name.Length > 0));
        string tag = isHead ? "th" : "td";
        body.Raw($"<{tag}{(isHead ? " scope=\"row\"" : "")}{(classes.Length > 0 ? $" class=\"{classes}\"" : "")}>").Add($"{cell.Text}").Raw($"</{tag}>");
    }

    private static void Groups(HtmlText body, IReadOnlyList<GridColumn> columns)
    {
        body.Raw("<tr>");
        for (int i = 0; i < columns.Count;)
        {
            int width = columns.Skip(i).TakeWhile(column => column.Group == columns[i].Group).Count();
            body.Add($"<th colspan=\"{width}\" class=\"group\" scope=\"colgroup\">{columns[i].Group}</th>");
            i += width;
        }
        body.Raw("</tr>\n");
    }
}
