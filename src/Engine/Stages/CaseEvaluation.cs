using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Inference;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Segments labelled cases on the grid that is scored.</summary>
/// <param name="grid">The grid.</param>
/// <param name="data">Scaling of intensities in pictures.</param>
/// <param name="source">Opens cases.</param>
/// <param name="segmenter">Segments them.</param>
internal sealed class CaseEvaluation(EvaluationGrid grid, DataConfig data, CaseSource source, CaseSegmenter segmenter)
{
    /// <summary>Segments a case.</summary>
    /// <exception cref="VolumeException">The case cannot be read, or its label map lies on another grid than its image.</exception>
    public SegmentedCase Segment(DatasetCase one, CancellationToken cancel)
    {
        try
        {
            return SegmentOne(one, cancel);
        }
        catch (Exception error) when (FailurePlace.Note(error, () => $"case '{one.Id}'"))
        {
            throw;
        }
    }

    private SegmentedCase SegmentOne(DatasetCase one, CancellationToken cancel)
    {
        using PreparedCase prepared = source.OpenOrPrepare(one, cancel);
        if (grid == EvaluationGrid.Model) return new SegmentedCase(one.Id, prepared.DecodeImage(), prepared.DecodeLabel(), segmenter.Segment(prepared, cancel));
        Volume<ushort> prediction = segmenter.PredictOriginal(prepared, probabilities: null, cancel);
        Volume<ushort> truth = CaseReader.LoadLabel(one, cancel)!;
        Volume<float> image = CaseReader.LoadImage(one, cancel);
        LabelGrid.Check(truth, prepared.Layout.Stored, $"Case '{one.Id}': its label map", "its image");
        // Turned to RAS+, as pictures show them.
        truth = Orientation.ToRas(new Volume<ushort>(1, truth.Size, image.Affine, truth.Voxels));
        return new SegmentedCase(one.Id, CasePreparer.Normalise(image, data), truth, Orientation.ToRas(prediction));
    }
}
