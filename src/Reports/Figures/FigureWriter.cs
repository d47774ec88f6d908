using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Execution;

namespace HiEndMae.Reports.Figures;

/// <summary>Draws a run's pictures as PNG files, and the slices of the HTML report.</summary>
public sealed class FigureWriter : IFigureWriter
{
    /// <inheritdoc/>
    public void Reconstruction(string path, ReconstructionExample example, Size3 crop)
    {
        ArgumentNullException.ThrowIfNull(example);
        PanelWriter.Write(
            path, [new Panel(crop, example.Input), new Panel(crop, example.Masked), new Panel(crop, example.Reconstructed)], new Size3(crop.X / 2, crop.Y / 2, crop.Z / 2));
    }

    /// <inheritdoc/>
    public void Segmentation(string path, SegmentedCase segmented, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(segmented);
        SegmentationFigure.Write(path, segmented.Image, segmented.Truth.Voxels, segmented.Prediction.Voxels, labels);
    }

    /// <inheritdoc/>
    public void Slices(string path, string start, SegmentedCase segmented, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(segmented);
        Volume<float> image = segmented.Image;
        SliceAtlasWriter.Write(
            path, segmented.Id, start, new Panel(image.Size, image.Channel(0).ToArray()), segmented.Truth.Voxels, segmented.Prediction.Voxels, image.Affine.Spacing, labels);
    }
}
