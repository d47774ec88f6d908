using HiEndMae.Engine.Data;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Figures;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;

namespace HiEndMae.Host.Running;

/// <summary>Pictures of a stage: into the run's <c>figures/</c> and to the tracker.</summary>
internal sealed class StageFigures(RunDirectory directory, TrackedRun run, IReadOnlyList<string> labels)
{
    /// <summary>Input, masked, reconstruction.</summary>
    public void Reconstruction(ReconstructionExample example, Size3 crop, int? step) => Write(
        Name("reconstruction", step), [new Panel(crop, example.Input), new Panel(crop, example.Masked), new Panel(crop, example.Reconstructed)],
        new Size3(crop.X / 2, crop.Y / 2, crop.Z / 2));

    /// <summary>Image, truth, prediction, and where the two differ.</summary>
    public void Segmentation(string name, SegmentedCase segmented, int? step = null)
    {
        string path = directory.File(Name(name, step));
        SegmentationFigure.Write(path, segmented.Case.Image, segmented.Case.Label!.Voxels, segmented.Prediction.Voxels, labels);
        run.LogArtifact(path, "figures");
    }

    /// <summary>Slices of a test case with truth and prediction, for the HTML report.</summary>
    public void Slices(string name, string start, SegmentedCase segmented)
    {
        PreparedCase prepared = segmented.Case;
        var image = new Panel(prepared.Image.Size, prepared.Image.Channel(0).ToArray());
        SliceAtlasWriter.Write(
            directory.File($"{SliceAtlas.Folder}/{name}"), prepared.Id, start, image, prepared.Label!.Voxels, segmented.Prediction.Voxels, prepared.Image.Affine.Spacing, labels);
    }

    private void Write(string name, IReadOnlyList<Panel> panels, Size3 centre)
    {
        string path = directory.File(name);
        PanelWriter.Write(path, panels, centre);
        run.LogArtifact(path, "figures");
    }

    private static string Name(string name, int? step) => step is { } done ? FormattableString.Invariant($"figures/{name}-step-{done:D8}.png") : $"figures/{name}.png";
}
