using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using HiEndMae.Reports.Html;
using HiEndMae.Reports.Output;

namespace HiEndMae.Reports.Analysis;

/// <summary>Writes an analysis as one self-contained HTML file with tables, charts, pictures and an interactive attention map.</summary>
/// <param name="clock">Gives the time of the page.</param>
internal sealed class AnalysisPage(TimeProvider clock)
{
    // The page loads nothing, even if a text of a run contains an address.
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

    private readonly PictureStore pictures = new();

    /// <summary>Returns the page.</summary>
    /// <param name="document">The analysis.</param>
    /// <param name="folder">Its folder, which contains the pictures.</param>
    public string Write(AnalysisDocument document, string folder)
    {
        var body = new HtmlText();
        body.Add($"<header>\n<h1>What encoders have learned</h1>\n<span class=\"soft\">{clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</span>\n");
        body.Raw("<button id=\"theme\" type=\"button\" hidden>Theme: auto</button>\n</header>\n<main>\n");
        Attention(body, document, folder);
        Layers(body, document);
        Probe(body, document);
        foreach ((string section, string heading) in new[] { ("reconstructions", "Reconstructions by mask ratio"), ("segmentations", "Segmentations"), ("targets", "Scores by organ, volume and shape") }) Pictures(body, document, folder, section, heading);
        body.Raw("</main>\n").Add($"<footer>Written by hiendmae {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}. Every number is in {AnalysisDocument.File} beside this page.</footer>\n");
        return new HtmlText()
            .Add($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>What encoders have learned</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n")
            .Raw(HtmlReport.Asset("report.css")).Raw(HtmlReport.Asset("analysis.css")).Raw("</style>\n</head>\n<body>\n").Raw(body.ToString())
            .Raw("<script>\n").Raw(HtmlReport.Asset("report.js")).Raw("</script>\n<script>\n").Raw(HtmlReport.Asset("analysis.js")).Raw("</script>\n</body>\n</html>\n").ToString();
    }

    private static void Legend(HtmlText body, AnalysisDocument document)
    {
        body.Raw("<ul class=\"legend\">");
        for (int i = 0; i < document.Models.Count; i++) body.Raw($"<li><i style=\"background:{SvgChart.Color(i)}\"></i>").Add($"{document.Models[i].Label}</li>");
        body.Raw("</ul>\n");
    }

    private static void Layers(HtmlText body, AnalysisDocument document)
    {
        if (document.Models.Count == 0) return;
        body.Raw("<section>\n<h2>Layers</h2>\n");
        Legend(body, document);
        body.Raw("<div class=\"charts\">\n");
        foreach ((_, string title, string svg) in AnalysisCharts.All(document)) body.Add($"<figure><figcaption>{title}</figcaption>").Raw(svg).Raw("</figure>\n");
        body.Raw("</div>\n");
        foreach (string measure in document.Measures)
        {
            body.Add($"<details><summary>{document.Title(measure)}{(document.Unit(measure) is { Length: > 0 } unit ? $" ({unit})" : "")}, mean over cases</summary>\n<p class=\"soft\">{document.Definition(measure)}</p>\n");
            HtmlGrid.Write(body, Table(document, measure), document.Title(measure));
            body.Raw("</details>\n");
        }
        body.Raw("</section>\n");
    }

    private static TextGrid Table(AnalysisDocument document, string measure)
    {
        int depth = document.Models.Max(model => model.Layers.Count);
        GridColumn[] columns = [new("", "model", false), .. Enumerable.Range(0, depth).Select(layer => new GridColumn("", document.Models.First(model => model.Layers.Count > layer).LayerNames[layer], true))];
        return new TextGrid(columns, [.. document.Models.Select(model => new GridLine(null, [
            new GridCell(model.Label),
            .. Enumerable.Range(0, depth).Select(layer => new GridCell(model.Value(layer, measure, "mean") is var mean && double.IsFinite(mean) ? mean.ToString("G4", CultureInfo.InvariantCulture) : "")),
        ]))]);
    }

    private static void Probe(HtmlText body, AnalysisDocument document)
    {
        if (document.Section("probe") is not { } probe || probe["models"] is not JsonArray models) return;
        body.Raw("<section>\n<h2>Frozen probes</h2>\n").Add($"<p class=\"soft\">{(string?)probe["definition"]}</p>\n");
        GridColumn[] columns = [new("", "model", false), new("", "layer", false), new("", "ridge R2", true), new("", "with position", true), new("", "k-NN R2", true)];
        var lines = new List<GridLine>();
        foreach (JsonObject model in models.OfType<JsonObject>())
        {
            foreach ((JsonNode? layer, JsonNode? placed) in ((JsonArray)model["layers"]!).Zip((JsonArray)model["with_position"]!))
            {
                lines.Add(new GridLine(null, [new GridCell((string?)model["label"] ?? ""), new GridCell(layer!["layer"]!.ToString()), Score(layer["ridge_r2"]), Score(placed!["ridge_r2"]), Score(layer["knn_r2"])]));
            }
        }
        HtmlGrid.Write(body, new TextGrid(columns, lines), "Frozen probes");
        body.Raw("</section>\n");

        static GridCell Score(JsonNode? score) => new(score?["mean"] is JsonValue mean && mean.TryGetValue(out double value) ? value.ToString("F3", CultureInfo.InvariantCulture) : "");
    }

    private void Attention(HtmlText body, AnalysisDocument document, string folder)
    {
        if (document.Section("maps")?["queries"] is not JsonArray queries) return;
        body.Raw("<section>\n<h2>Attention</h2>\n<p>Click on a slice to choose the query. The sliders choose layer and head; head 0 is the mean over heads.</p>\n");
        foreach (JsonObject query in queries.OfType<JsonObject>())
        {
            string path = Path.Combine(folder, (string?)query["folder"] ?? "");
            body.Add($"<h3>{(string?)query["case"]}, {(string?)query["query"]}</h3>\n");
            string data = Path.Combine(path, AttentionViewer.File);
            // The JSON writer has escaped '<', so no text can end the script.
            if (File.Exists(data) && File.ReadAllText(data) is var json && !json.Contains('<', StringComparison.Ordinal)) Viewer(body, json);
            foreach (string picture in Directory.Exists(path) ? Directory.GetFiles(path, "*.png").Order(StringComparer.Ordinal).ToArray() : [])
            {
                if (pictures.Uri(picture) is not { } uri) continue;
                body.Add($"<details><summary>{Path.GetFileNameWithoutExtension(picture)}</summary><div class=\"wide\"><img alt=\"{Path.GetFileNameWithoutExtension(picture)}\" ").Raw($"src=\"{uri}\"></div></details>\n");
            }
        }
        body.Raw("</section>\n");
    }

    private static void Viewer(HtmlText body, string json)
    {
        body.Raw("""
            <div class="attention">
            <div class="controls">
            <label>model <select data-part="model"></select></label>
            <label>layer <input data-part="layer" type="range" min="0" max="0" value="0"></label>
            <label>head <input data-part="head" type="range" min="0" max="0" value="0"></label>
            <label>map <input data-part="blend" type="range" min="0" max="100" value="50"></label>
            <button data-part="reset" type="button">first query</button>
            </div>
            <div class="slices"><canvas aria-label="axial slice"></canvas><canvas aria-label="coronal slice"></canvas><canvas aria-label="sagittal slice"></canvas></div>
            <output data-part="text"></output>

            """).Raw("<script type=\"application/json\">").Raw(json).Raw("</script>\n</div>\n");
    }

    private void Pictures(HtmlText body, AnalysisDocument document, string folder, string section, string heading)
    {
        if (document.Section(section) is not { } found) return;
        body.Add($"<section>\n<h2>{heading}</h2>\n<p class=\"soft\">{(string?)found["definition"]}</p>\n");
        foreach (string picture in (found["pictures"] as JsonArray ?? []).Select(name => (string?)name ?? ""))
        {
            string path = Path.Combine(folder, picture);
            if (picture.EndsWith(".svg", StringComparison.Ordinal) && File.Exists(path)) body.Add($"<figure><figcaption>{Path.GetFileNameWithoutExtension(picture)}</figcaption>").Raw(File.ReadAllText(path)).Raw("</figure>\n");
            else if (pictures.Uri(path) is { } uri) body.Add($"<figure class=\"wide\"><figcaption>{Path.GetFileNameWithoutExtension(picture)}</figcaption><img alt=\"{Path.GetFileNameWithoutExtension(picture)}\" ").Raw($"src=\"{uri}\"></figure>\n");
        }
        body.Raw("</section>\n");
    }
}
