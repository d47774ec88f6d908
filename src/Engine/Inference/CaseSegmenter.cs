using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Segments whole cases by sliding window.</summary>
/// <param name="models">Models in evaluation mode; the probabilities of several are averaged.</param>
/// <param name="window">Voxels of a window: the crop that the models were trained with.</param>
/// <param name="evaluate">Overlap, weights, flips, windows per pass.</param>
/// <param name="device">Device of the models.</param>
/// <param name="regions">The region of each output; null or empty if the outputs are classes.</param>
public sealed class CaseSegmenter(IReadOnlyList<SegmentationModel> models, Size3 window, EvaluateConfig evaluate, Device device, IReadOnlyList<LabelRegion>? regions = null)
{
    private readonly ClassDecision decision = new(regions ?? []);
    private readonly WindowPredictor predictor = new(models, evaluate.Flips) { Decision = new ClassDecision(regions ?? []) };

    /// <summary>Called with the number of windows done, and of all windows, of the case in progress.</summary>
    public Action<int, int>? Progress { get; set; }

    /// <summary>Segments a case and brings the result back to the grid of its file: probabilities are interpolated linearly, then each voxel takes the most probable class.</summary>
    /// <param name="source">The case; not cut to its foreground.</param>
    /// <param name="probabilities">Receives the probabilities of all classes on the grid of the file, plane by plane: the first plane along z, and [K, X, Y, planes]; null where
    /// they are not wanted.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <returns>Class indices.</returns>
    public Volume<ushort> PredictOriginal(PreparedCase source, Action<int, Volume<float>>? probabilities, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            return OnGridOfFile(source, probabilities, cancel);
        }
        finally
        {
            // The outputs are the largest allocation. Writing the result and the next scan need their memory.
            TensorMemory.ReleaseUnused();
        }
    }

    private Volume<ushort> OnGridOfFile(PreparedCase source, Action<int, Volume<float>>? probabilities, CancellationToken cancel)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Affine affine = source.Layout.Grid.Affine;
        VolumeGrid target = source.Layout.Stored;
        if (probabilities is null)
        {
            var labels = new FileGridLabels(source.Size, predictor.GivesProbabilities, affine, target, decision, cancel);
            SlidingWindow.Infer(CaseTensor.Of(source, device), Options, predictor.Predict, labels, Progress, cancel);
            return labels.Labels;
        }
        Tensor outputs = Infer(source, cancel); // [1, K, X, Y, Z]
        // Activations of the windows are not needed any more, and the results on the grid of the file take much memory.
        TensorMemory.ReleaseUnused();
        return GridInversion.Invert(outputs, predictor.GivesProbabilities, affine, target, decision, probabilities, cancel);
    }

    /// <summary>Segments a case on its own grid, which is the model's.</summary>
    /// <returns>Class indices.</returns>
    public Volume<ushort> Segment(PreparedCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        using DisposeScope scope = NewDisposeScope();
        var labels = new ModelGridLabels(source.Size, predictor.GivesProbabilities, decision);
        SlidingWindow.Infer(CaseTensor.Of(source, device), Options, predictor.Predict, labels, Progress, cancel);
        return new Volume<ushort>(1, source.Size, source.Layout.Grid.Affine, labels.Labels);
    }

    private SlidingWindowOptions Options => new(window, evaluate.Overlap, evaluate.Weighting, evaluate.WindowBatch, evaluate.AccumulateIn);

    private Tensor Infer(PreparedCase source, CancellationToken cancel)
    {
        // Only the outputs leave: the image is not needed any more.
        using DisposeScope scope = NewDisposeScope();
        return SlidingWindow.Infer(CaseTensor.Of(source, device), Options, predictor.Predict, Progress, cancel).MoveToOuterDisposeScope();
    }
}
