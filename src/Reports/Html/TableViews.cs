using System.Globalization;
using System.Text.Json;
using HiEndMae.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Reports.Figures;
using HiEndMae.Reports.Records;
using HiEndMae.Reports.Statistics;
using HiEndMae.Reports.Tables;
using HiEndMae.Runs.Directories;

namespace HiEndMae.Reports.Html;

/// <summary>Writes the parts below a table: curves, bars, pictures and configs of its runs.</summary>
internal sealed class TableViews(ReportTable table, PictureStore pictures)
{
    private const int Colors = 12, MostCases = 8;
    private readonly ReportRow[] rows = [.. table.Rows.Where(row => row.HasOurs)];
    private readonly string[] datasets = [.. table.Runs.Select(DatasetOf).Distinct()];
    private readonly Dictionary<string, IReadOnlyList<MetricSeries>> metrics = table.Runs.ToDictionary(run => run.Folder, run => RunReader.Metrics(run.Folder));

    /// <summary>Writes losses and validation scores by step, with a colour per row and a line per seed.</summary>
    public void Curves(HtmlText body)
    {
        var charts = new List<(StageKind Kind, string Key, LineChart.Line[] Lines)>();
        foreach (StageKind kind in (StageKind[])[StageKind.Pretrain, StageKind.Finetune])
        {
            foreach (string key in metrics.Values.SelectMany(series => series).Where(one => Stage.Parse(one.Stage)?.Kind == kind && IsShown(one.Key)).Select(one => one.Key).Distinct().Order(StringComparer.Ordinal))
            {
                LineChart.Line[] lines = [.. rows.SelectMany((row, index) => row.Runs.SelectMany(run => metrics[run.Folder])
                    .Where(one => Stage.Parse(one.Stage)?.Kind == kind && one.Key == key && BelongsTo(row, one.Stage) && one.Points.Count > 0)
                    .Select(one => new LineChart.Line($"{row.Id}, {one.Stage}", index % Colors, one.Points)))];
                if (lines.Length > 0) charts.Add((kind, key, lines));
            }
        }
        if (charts.Count == 0) return;
        body.Raw("<h3>Curves</h3>\n");
        Legend(body);
        body.Raw("<div class=\"charts\">\n");
        foreach ((StageKind kind, string key, LineChart.Line[] lines) in charts)
        {
            string caption = $"{(kind == StageKind.Pretrain ? "Pre-training" : "Fine-tuning")}: {key}, a line per run";
            body.Add($"<figure><figcaption>{caption}</figcaption>").Raw(LineChart.Draw(caption, key, lines)).Raw("</figure>\n");
        }
        body.Raw("</div>\n");
    }

    /// <summary>Writes the Dice scores of every class with a bar per row.</summary>
    public void Organs(HtmlText body)
    {
        var byClass = new Dictionary<string, List<(string Name, int Color, Estimate Value)>>();
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (var group in rows[i].Runs.SelectMany(run => Evaluations(rows[i], run).SelectMany(evaluation => evaluation.Dice.Skip(1).Select(pair => (Name: OrganOf(run, pair.Key), pair.Value))))
                .Where(pair => pair.Value is not null).GroupBy(pair => pair.Name))
            {
                if (!byClass.TryGetValue(group.Key, out List<(string, int, Estimate)>? bars)) byClass[group.Key] = bars = [];
                bars.Add((rows[i].Id, i % Colors, Estimate.Of([.. group.Select(pair => 100 * pair.Value!.Value)])));
            }
        }
        if (byClass.Count == 0) return;
        body.Raw("<h3>Dice by organ (%)</h3>\n<div class=\"bars\">\n");
        foreach ((string name, List<(string Name, int Color, Estimate Value)> bars) in byClass)
            body.Add($"<figure><figcaption>{name}</figcaption>").Raw(BarChart.Draw(name, bars)).Raw("</figure>\n");
        body.Raw("</div>\n");
    }

    /// <summary>Writes the reconstructions of the first run of each row, by mask ratio.</summary>
    public void Reconstructions(HtmlText body)
    {
        (double Ratio, string Row, string Uri)[] found = [.. rows
            .Select(row => (Row: row, Run: row.Runs.FirstOrDefault(run => File.Exists(Picture(run)) && Evaluated(row, run).Any(start => start == ExperimentFiles.StartName.Pretrain))))
            .Where(one => one.Run is not null)
            .Select(one => (Ratio: MaskRatio(one.Run!), Row: one.Row.Id, Uri: pictures.Uri(Picture(one.Run!))))
            .Where(one => one.Uri is not null).Select(one => (one.Ratio, one.Row, one.Uri!)).OrderBy(one => one.Ratio)];
        if (found.Length == 0) return;
        body.Raw("<h3>Reconstructions by mask ratio</h3>\n<p class=\"soft\">Columns: input, masked input, reconstruction. Rows: axial, coronal, sagittal.</p>\n<div class=\"pictures\">\n");
        foreach ((double ratio, string row, string uri) in found)
        {
            string caption = string.Create(CultureInfo.InvariantCulture, $"{100 * ratio:0.#} % masked{(table.Paper?.Id == "table5" ? "" : $", {row}")}");
            body.Add($"<figure><img alt=\"Reconstruction, {caption}\" src=\"").Raw(uri).Add($"\"><figcaption>{caption}</figcaption></figure>\n");
        }
        body.Raw("</div>\n");
    }

    /// <summary>Writes truth and predictions of all rows side by side, with a slider for the slice.</summary>
    public void Segmentations(HtmlText body, int index)
    {
        (string Row, string Folder, SliceAtlas Atlas)[] all = [.. rows.SelectMany(row => row.Runs.Take(1).SelectMany(run => Evaluated(row, run).SelectMany(start => Atlases(run, start)).Select(found => (row.Id, found.Folder, found.Atlas))))];
        var cases = all.GroupBy(one => (one.Atlas.Case, one.Atlas.Width, one.Atlas.Height)).Take(MostCases).ToArray();
        if (cases.Length == 0) return;
        body.Add($"<h3>Segmentations</h3>\n<div class=\"viewer\">\n<div class=\"controls\">\n<label>Case <select id=\"case-{index}\">");
        foreach (var one in cases) body.Add($"<option>{one.Key.Case}</option>");
        body.Add($"</select></label>\n<label>Slice <input class=\"position\" type=\"range\" min=\"0\" max=\"{cases[0].First().Atlas.Slices.Count - 1}\" value=\"0\"></label>\n<output>1</output>\n");
        body.Raw("<label>Overlay <input class=\"opacity\" type=\"range\" min=\"0\" max=\"100\" value=\"55\"></label>\n</div>\n");
        for (int i = 0; i < cases.Length; i++)
        {
            SliceAtlas first = cases[i].First().Atlas;
            body.Raw($"<div class=\"case\"{(i > 0 ? " hidden" : "")}").Add($" data-columns=\"{first.Columns}\" data-rows=\"{first.Rows}\" data-count=\"{first.Slices.Count}\" data-middle=\"{first.Middle}\">\n<ul class=\"legend\">");
            foreach (SliceLabel label in cases[i].SelectMany(one => one.Atlas.Labels).DistinctBy(label => label.Name))
                body.Add($"<li><i style=\"background:{label.Color}\"></i>{label.Name.Replace('_', ' ')}</li>");
            body.Raw("</ul>\n<div class=\"panels\">\n");
            string folder = cases[i].First().Folder;
            Panel(body, "image", first, folder, null);
            Panel(body, "truth", first, folder, SliceAtlas.Truth);
            foreach ((string row, string of, SliceAtlas atlas) in cases[i]) Panel(body, row, atlas, of, SliceAtlas.Prediction);
            body.Raw("</div>\n</div>\n");
        }
        body.Raw("</div>\n");
    }

    /// <summary>Writes the folder and config of each run.</summary>
    public void Runs(HtmlText body)
    {
        if (table.Runs.Count == 0) return;
        body.Raw("<h3>Runs</h3>\n");
        foreach (RunRecord run in table.Runs)
        {
            string[] lines = [.. table.Rows.Where(row => row.Runs.Contains(run)).Select(row => row.Id).Distinct()];
            body.Add($"<details><summary>{run.Id} <span class=\"soft\">{string.Join("; ", lines)}</span></summary>\n<p class=\"soft\">{run.Folder}, fingerprint {run.Fingerprint}</p>\n");
            LineChart.Line[] curves = [.. metrics[run.Folder].Where(one => one.Key == "loss" && one.Points.Count > 0).Select((one, i) => new LineChart.Line(one.Stage, i % Colors, one.Points))];
            if (curves.Length > 0)
            {
                body.Raw("<div class=\"charts\">");
                foreach (LineChart.Line curve in curves) body.Add($"<figure><figcaption>{curve.Name}: loss</figcaption>").Raw(LineChart.Draw($"Loss of {curve.Name}", "loss", [curve])).Raw("</figure>");
                body.Raw("</div>\n");
            }
            body.Add($"<pre>{TomlText.Document(run.Config)}</pre>\n</details>\n");
        }
    }

    private void Legend(HtmlText body)
    {
        body.Raw("<ul class=\"legend\">");
        for (int i = 0; i < rows.Length; i++) body.Raw($"<li><i style=\"background:var(--c{i % Colors})\"></i>").Add($"{rows[i].Id}</li>");
        body.Raw("</ul>\n");
    }

    private void Panel(HtmlText body, string caption, SliceAtlas atlas, string folder, string? overlay)
    {
        if (pictures.Class(Path.Combine(folder, SliceAtlas.Image)) is not { } image) return;
        string size = string.Create(CultureInfo.InvariantCulture, $"background-size:{100 * atlas.Columns}% {100 * atlas.Rows}%");
        body.Add($"<figure><div class=\"slice\" role=\"img\" aria-label=\"{caption}\" style=\"aspect-ratio:{atlas.Aspect}\"><div class=\"{image}\" style=\"{size}\"></div>");
        if (overlay is not null && pictures.Class(Path.Combine(folder, overlay)) is { } labels) body.Add($"<div class=\"labels {labels}\" style=\"{size}\"></div>");
        body.Add($"</div><figcaption>{caption}</figcaption></figure>\n");
    }

    // If the columns of the table are datasets, organs of different datasets are separate bars.
    private string OrganOf(RunRecord run, string label) => datasets.Length > 1 ? $"{DatasetOf(run)}: {label.Replace('_', ' ')}" : label.Replace('_', ' ');

    private static string DatasetOf(RunRecord run) => ReportTarget.Of(run.Config) is { } target ? target.StandIn.Length > 0 ? target.StandIn : target.Column : "";

    // The starts of a run whose results are in a row.
    private IEnumerable<string> Evaluated(ReportRow row, RunRecord run) => run.Evaluations.Keys.Where(start => ReportTarget.Of(run.Config) is { } target
        ? target.Rows.GetValueOrDefault(start) == row.Id || (table.Paper is null && row.Labels[0] == start)
        : row.Labels[0] == start);

    private IEnumerable<RunEvaluation> Evaluations(ReportRow row, RunRecord run) => Evaluated(row, run).Select(start => run.Evaluations[start]);

    // Whether the stage trained a model whose results stand in the row.
    private bool BelongsTo(ReportRow row, string name) => Stage.Parse(name) is { } stage
        && row.Runs.Any(run => Evaluated(row, run).Any(start => start == (stage.Kind == StageKind.Pretrain ? ExperimentFiles.StartName.Pretrain : stage.Start)));

    private static bool IsShown(string key) => key == "loss" || key.Contains("dice", StringComparison.OrdinalIgnoreCase) && !key.Contains('.', StringComparison.Ordinal);

    private static string Picture(RunRecord run) => Path.Combine(run.Folder, "figures", "reconstruction.png");

    private static double MaskRatio(RunRecord run) => ExperimentFiles.ConfigTree.Find(run.Config, ["pretrain", "mask_ratio"]) is ConfigScalar { Value: double ratio } ? ratio : 0;

    private static IEnumerable<(string Folder, SliceAtlas Atlas)> Atlases(RunRecord run, string start)
    {
        string folder = Path.Combine(run.Folder, RunDirectory.Slices);
        if (!Directory.Exists(folder)) yield break;
        foreach (string one in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (Read(Path.Combine(one, SliceAtlas.File)) is { } atlas && atlas.Start == start) yield return (one, atlas);
        }
    }

    private static SliceAtlas? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), SliceAtlasJson.Default.SliceAtlas) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
