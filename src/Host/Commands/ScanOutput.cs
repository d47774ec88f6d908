using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Prediction;

namespace HiEndMae.Host.Commands;

/// <summary>Writes the files that <c>predict</c> makes for a scan.</summary>
/// <param name="Folder">Folder to write to.</param>
/// <param name="Probabilities">Whether probabilities are written.</param>
/// <param name="Figures">Whether pictures are written.</param>
internal sealed record ScanOutput(string Folder, bool Probabilities, bool Figures)
{
    /// <summary>Checks, before anything is computed, that no two cases would be written to the same file.</summary>
    /// <exception cref="UserException">Two cases have the same name.</exception>
    public void CheckNames(IReadOnlyList<PredictionCase> cases)
    {
        IGrouping<string, PredictionCase>? twice = cases.GroupBy(one => one.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new UserException($"'{twice.First().Case.Place}' and '{twice.ElementAt(1).Case.Place}' would both be written to '{Path.Combine(Folder, twice.Key)}_seg.nii.gz'; segment them in two calls with --out.");
    }

    /// <summary>Segments a case and writes its label map, its summary, and the other requested files.</summary>
    /// <param name="one">The case.</param>
    /// <param name="models">The run.</param>
    /// <param name="about">The models in words.</param>
    /// <param name="segment">Prepares the case.</param>
    /// <param name="elapsed">Time since the case was begun.</param>
    /// <param name="cancel">Stops between windows and slabs.</param>
    /// <exception cref="VolumeException">The case cannot be read, or a file cannot be written.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public JsonObject Write(PredictionCase one, FineTunedModels models, string about, Func<SegmentedScan> segment, Func<TimeSpan> elapsed, CancellationToken cancel)
    {
        string stem = Path.Combine(Folder, one.Name);
        SegmentedScan scan = segment();
        NiftiForms? forms = one.Case.ImageFiles.Count > 0 ? VolumeReader.ReadHeader(one.Case.ImageFiles[0]).Forms : null;
        Volume<ushort> labels;
        if (Probabilities)
        {
            using var writer = new NiftiChannelWriter(stem + "_prob.nii.gz", models.Card.NumOutputs, scan.Grid, forms);
            labels = scan.Predict(writer.Write);
            writer.Complete();
        }
        else
        {
            labels = scan.Predict(null);
        }
        if (Figures)
        {
            Volume<float> shown = CasePreparer.Normalise(CaseReader.LoadImage(one.Case, cancel), models.Finetune.Data);
            SegmentationFigure.Write(stem + "_seg.png", shown, null, Orientation.ToRas(labels).Voxels, models.Card.Labels);
        }
        JsonObject summary = Summary(one.Case, stem, labels, models, about, elapsed());
        NiftiWriter.Write(stem + "_seg.nii.gz", models.Card.ToValues(labels), forms, cancel);
        string path = stem + "_seg.json";
        AtomicFile.WriteText(path, summary.ToJsonString(JsonOptions.Indented));
        return summary;
    }

    /// <summary>Lists the organs of a summary and their volumes in one line.</summary>
    public static string Found(JsonObject summary)
    {
        string[] organs = [.. summary["volumes_ml"]!.AsObject().Where(entry => (double)entry.Value! > 0).Select(entry => FormattableString.Invariant($"{entry.Key} {(double)entry.Value!:F1} ml"))];
        return organs.Length == 0 ? "background only" : string.Join(", ", organs);
    }

    private JsonObject Summary(DatasetCase source, string stem, Volume<ushort> labels, FineTunedModels models, string about, TimeSpan elapsed)
    {
        var counts = new long[models.Card.Labels.Count];
        foreach (ushort voxel in labels.Voxels) counts[voxel]++;
        Spacing3 spacing = labels.Affine.Spacing;
        double millilitres = spacing.X * spacing.Y * spacing.Z / 1000;
        return new JsonObject
        {
            ["image"] = source.ImageFiles.Count > 1 ? new JsonArray([.. source.ImageFiles.Select(file => (JsonNode)file)]) : source.Place,
            ["segmentation"] = stem + "_seg.nii.gz",
            ["probabilities"] = Probabilities ? stem + "_prob.nii.gz" : null,
            ["run"] = models.Path.Run,
            ["model"] = about,
            ["size"] = new JsonArray(labels.Size.X, labels.Size.Y, labels.Size.Z),
            ["spacing_mm"] = new JsonArray(Math.Round(spacing.X, 6), Math.Round(spacing.Y, 6), Math.Round(spacing.Z, 6)),
            ["labels"] = new JsonObject(models.Card.Labels.Select((name, index) => KeyValuePair.Create(name, (JsonNode?)models.Card.Values[index]))),
            ["volumes_ml"] = new JsonObject(Volumes(models.Card, counts).Select(entry => KeyValuePair.Create(entry.Name, (JsonNode?)Math.Round(entry.Voxels * millilitres, 3)))),
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 2),
        };
    }

    // Uses the regions if the model returns regions, otherwise the classes.
    private static IEnumerable<(string Name, long Voxels)> Volumes(ModelCard card, long[] counts) => card.Regions.Count > 0
        ? card.Regions.Select(region => (region.Name, region.Classes.Sum(index => counts[index])))
        : card.Labels.Zip(counts).Skip(1);
}
