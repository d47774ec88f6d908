using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Runs.Analysis;

namespace HiEndMae.Reports.Figures;

/// <summary>A crop reconstructed at several mask ratios: a row per ratio; input, masked input and every model in columns, on the axial plane through the middle.</summary>
internal static class ReconstructionFigure
{
    private const int SliceWidth = 220;

    /// <summary>Writes the picture.</summary>
    /// <param name="path">The PNG file; it appears complete or not at all.</param>
    /// <param name="crop">The crop.</param>
    /// <param name="models">Labels of the models.</param>
    public static void Write(string path, RebuiltCrop crop, IReadOnlyList<string> models)
    {
        SlicePlane axial = SlicePlane.Through3(crop.Size, crop.Spacing, new Size3(crop.Size.X / 2, crop.Size.Y / 2, crop.Size.Z / 2), SliceWidth)[0];
        PanelGridWriter.Write(path, ["input", "masked", .. models], [.. crop.Rows.Select(row => (
            row.MaskRatio.ToString("P0", CultureInfo.InvariantCulture),
            (IReadOnlyList<(Panel, SlicePlane)>)[.. new[] { crop.Input, row.Masked }.Concat(row.Rebuilt).Select(values => (new Panel(crop.Size, values), axial))]))]);
    }
}
