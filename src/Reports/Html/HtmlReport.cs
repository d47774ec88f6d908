using System.Globalization;
using System.Reflection;
using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Output;
using HiEndMae.Reports.Tables;

namespace HiEndMae.Reports.Html;

/// <summary>Writes a report as a self-contained HTML file with style, script, charts and pictures.</summary>
internal sealed class HtmlReport(TimeProvider clock)
{
    // The browser fetches nothing, whatever the texts of a run contain.
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

    private readonly PictureStore pictures = new();

    /// <summary>Writes the page.</summary>
    public string Write(IReadOnlyList<ReportTable> tables)
    {
        string title = tables.Count == 1 ? tables[0].Heading : "Results";
        var body = new HtmlText();
        Header(body, "Results", tables);
        body.Raw("<main>\n");
        for (int i = 0; i < tables.Count; i++) Table(body, tables[i], i);
        Inconsistencies(body, tables);
        body.Raw("</main>\n");
        Footer(body);
        // The style sheet of the pictures is complete only after the body.
        return new HtmlText()
            .Add($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n")
            .Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n")
            .Raw(Asset("report.css")).Raw(pictures.Styles()).Raw("</style>\n</head>\n<body>\n").Raw(body.ToString())
            .Raw("<script>\n").Raw(Asset("report.js")).Raw("</script>\n</body>\n</html>\n").ToString();
    }

    private void Header(HtmlText body, string title, IReadOnlyList<ReportTable> tables)
    {
        int runs = tables.SelectMany(table => table.Runs).DistinctBy(run => run.Folder).Count();
        body.Add($"<header>\n<h1>{title}</h1>\n<span class=\"soft\">{runs} {(runs == 1 ? "run" : "runs")}, {clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</span>\n");
        body.Raw("<button id=\"theme\" type=\"button\" hidden>Theme: auto</button>\n");
        if (tables.Count > 1)
        {
            body.Raw("<nav aria-label=\"Tables\">");
            for (int i = 0; i < tables.Count; i++) body.Add($"<a href=\"#table-{i}\">{tables[i].Heading}</a>");
            body.Raw("</nav>\n");
        }
        body.Raw("</header>\n");
    }

    private void Table(HtmlText body, ReportTable table, int index)
    {
        body.Add($"<section id=\"table-{index}\">\n<h2>{table.Heading}</h2>\n");
        if (table.Paper is { } paper) body.Add($"<p>{paper.Title}; {paper.Metric}. <span class=\"soft\">Paper: {paper.Source}.</span></p>\n");
        HtmlGrid.Write(body, ReportLayout.Results(table), $"Results of {table.Heading}");
        if (ReportLayout.Intervals(table) is { } intervals) body.Add($"<p class=\"soft\">{intervals}</p>\n");
        if (ReportLayout.Comparisons(table) is { } comparisons)
        {
            body.Raw("<h3>Comparisons</h3>\n");
            HtmlGrid.Write(body, comparisons, $"Comparisons of {table.Heading}");
        }
        List(body, "missing", "Missing", table.Missing, open: table.Missing.Count <= 6);
        List(body, "notes", "Notes", table.Notes, open: false);
        var views = new TableViews(table, pictures);
        views.Curves(body);
        views.Organs(body);
        views.Reconstructions(body);
        views.Segmentations(body, index);
        views.Runs(body);
        body.Raw("</section>\n");
    }

    private static void Inconsistencies(HtmlText body, IReadOnlyList<ReportTable> tables)
    {
        if (tables.All(table => table.Paper is null)) return;
        IReadOnlyList<PaperInconsistency> found = PaperTables.Inconsistencies();
        body.Add($"<section>\n<h2>Inconsistencies in the paper</h2>\n<details><summary>{found.Count} numbers that contradict another place of the paper or their own cells</summary>\n<ul>\n");
        foreach (PaperInconsistency one in found) body.Add($"<li>{PaperTables.Get(one.Table).Heading}: {one}</li>\n");
        body.Raw("</ul>\n</details>\n</section>\n");
    }

    private void Footer(HtmlText body)
    {
        body.Add($"<footer>Written by hiendmae {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}. Dice on the grid that the models work on.");
        if (pictures.LeftOut > 0) body.Add($" {pictures.LeftOut} pictures were left out to limit the size of this page; they are in the run directories.");
        body.Raw("</footer>\n");
    }

    private static void List(HtmlText body, string kind, string heading, IReadOnlyList<string> items, bool open)
    {
        if (items.Count == 0) return;
        body.Raw($"<details class=\"{kind}\"{(open ? " open" : "")}>").Add($"<summary>{heading} ({items.Count})</summary>\n<ul>\n");
        foreach (string item in items) body.Add($"<li>{item}</li>\n");
        body.Raw("</ul>\n</details>\n");
    }

    internal static string Asset(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("html/" + name)!);
        return reader.ReadToEnd();
    }
}
