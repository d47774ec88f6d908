using System.Globalization;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Analysis;

namespace HiEndMae.Reports.Figures;

/// <summary>A case with its truth and the prediction of every model side by side (Figure 8).</summary>
internal static class SegmentationComparison
{
    /// <summary>Writes the picture of a case.</summary>
    /// <param name="path">The PNG file; it appears complete or not at all.</param>
    /// <param name="models">What was segmented.</param>
    /// <param name="picture">Index of the case among the pictures.</param>
    public static void Write(string path, SegmentedModels models, int picture)
    {
        (string id, Volume<float> image, ushort[] truth, List<ushort[]> predictions) = models.Pictures[picture];
        float[] intensities = image.Channel(0).ToArray();
        var panels = new List<Panel> { new(image.Size, intensities) { Title = "image" }, new(image.Size, intensities, truth) { Title = "truth" } };
        for (int m = 0; m < predictions.Count; m++)
        {
            CaseResult scored = models.Models[m].Result.Cases.First(one => one.Case == id);
            string dice = scored.Mean(ScoreMetric.Dice, includeBackground: false)?.ToString("0.000", CultureInfo.InvariantCulture) ?? "";
            panels.Add(new Panel(image.Size, intensities, predictions[m]) { Title = $"{dice} {models.Models[m].Label}" });
        }
        ushort[] shown = [.. truth.Concat(predictions.SelectMany(prediction => prediction)).Where(label => label > 0).Distinct().Order()];
        PanelWriter.Write(path, panels, PanelWriter.CentreOf(image.Size, truth), image.Affine.Spacing, [.. shown.Select(label => (OrganColors.Of(label), label < models.Labels.Count ? models.Labels[label] : $"label {label}"))]);
    }
}
