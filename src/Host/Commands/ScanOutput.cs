using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;
using HiEndMae.Reports.Figures;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Models;

namespace HiEndMae.Host.Commands;

/// <summary>Writes the files that <c>predict</c> makes for a scan.</summary>
/// <param name="Folder">Folder to write to.</param>
/// <param name="Probabilities">Whether probabilities are written.</param>
/// <param name="Figures">Whether pictures are written.</param>
internal sealed record ScanOutput(string Folder, bool Probabilities, bool Figures)
{
    /// <summary>Refuses images whose results would overwrite one another, before anything is computed.</summary>
    /// <exception cref="UserException">Two have one name.</exception>
    public void CheckNames(IReadOnlyList<string> images)
    {
        IGrouping<string, string>? twice = images.GroupBy(ScanNames.Stem, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new UserException($"'{twice.First()}' and '{twice.ElementAt(1)}' would both be written to '{Path.Combine(Folder, twice.Key)}_seg.nii.gz'; segment them in two calls with different --out folders.");
    }

    /// <summary>Writes the label map, the summary, and probabilities and pictures if they were asked for.</summary>
    /// <exception cref="VolumeException">A file cannot be written.</exception>
    public JsonObject Write(string image, OriginalPrediction prediction, FineTunedModels models, string about, TimeSpan elapsed, CancellationToken cancel)
    {
        string stem = Path.Combine(Folder, ScanNames.Stem(image));
        Volume<ushort> labels = prediction.Labels;
        NiftiWriter.Write(stem + "_seg.nii.gz", labels, cancel);
        if (prediction.Probabilities is { } probabilities) NiftiWriter.Write(stem + "_prob.nii.gz", probabilities, cancel);
        if (Figures)
        {
            Volume<float> shown = CasePreparer.Normalise(VolumeReader.ReadImage(image, cancel), models.Finetune.Data);
            SegmentationFigure.Write(stem + "_seg.png", shown, null, Orientation.ToRas(labels).Voxels, models.Card.Labels);
        }
        JsonObject summary = Summary(image, stem, labels, models, about, elapsed);
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

    private JsonObject Summary(string image, string stem, Volume<ushort> labels, FineTunedModels models, string about, TimeSpan elapsed)
    {
        var counts = new long[models.Card.Labels.Count];
        foreach (ushort voxel in labels.Voxels) counts[voxel]++;
        Spacing3 spacing = labels.Affine.Spacing;
        double millilitres = spacing.X * spacing.Y * spacing.Z / 1000;
        return new JsonObject
        {
            ["image"] = image,
            ["segmentation"] = stem + "_seg.nii.gz",
            ["probabilities"] = Probabilities ? stem + "_prob.nii.gz" : null,
            ["run"] = models.Path.Run,
            ["model"] = about,
            ["size"] = new JsonArray(labels.Size.X, labels.Size.Y, labels.Size.Z),
            ["spacing_mm"] = new JsonArray(Math.Round(spacing.X, 6), Math.Round(spacing.Y, 6), Math.Round(spacing.Z, 6)),
            ["labels"] = new JsonObject(models.Card.Labels.Select((name, value) => KeyValuePair.Create(name, (JsonNode?)value))),
            ["volumes_ml"] = new JsonObject(models.Card.Labels.Select((name, value) => (name, value)).Skip(1)
                .Select(entry => KeyValuePair.Create(entry.name, (JsonNode?)Math.Round(counts[entry.value] * millilitres, 3)))),
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 2),
        };
    }
}
