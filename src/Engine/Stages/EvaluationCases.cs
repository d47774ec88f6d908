using HiEndMae.Engine.Data;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Cases with their predictions, on the grid that is scored.</summary>
internal sealed class EvaluationCases(EvaluationGrid grid, DataConfig data, int numClasses, CaseSegmenter segmenter)
{
    private readonly CasePreparer preparer = new(data, numClasses);

    /// <exception cref="VolumeException">The case cannot be read, or its label is not one of its image.</exception>
    public SegmentedCase Segment(DatasetCase source, CancellationToken cancel)
    {
        if (grid == EvaluationGrid.Model)
        {
            PreparedCase prepared = preparer.Prepare(source, cancel);
            return new SegmentedCase(prepared, segmenter.Segment(prepared.Image, cancel));
        }
        Volume<float> image = source.LoadImage(cancel);
        Volume<ushort> label = source.LoadLabel(cancel)!;
        if (label.Size != image.Size) throw new VolumeException($"Case '{source.Id}': its label lies on another grid than its image ({label.Size} against {image.Size}).");
        Volume<ushort> prediction = segmenter.SegmentOriginal(image, source.Id, cancel);
        // For pictures: the scan's own voxels, turned to RAS; the spacing of a turned grid is its own.
        return new SegmentedCase(new PreparedCase(source.Id, CasePreparer.Normalise(image, data), Orientation.ToRas(label)), Orientation.ToRas(prediction));
    }
}
