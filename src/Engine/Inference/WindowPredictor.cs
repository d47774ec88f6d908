using HiEndMae.Engine.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Inference;

/// <summary>Predicts windows with one or several models, with and without flips.</summary>
/// <remarks>One model without flips returns logits, which MONAI's inferer averages over windows. For several models or flips the probabilities are
/// averaged, because logits of different models have no common scale.</remarks>
/// <param name="models">At least one model; all have the same classes.</param>
/// <param name="flips">Axes to flip. Every combination of them is a pass.</param>
public sealed class WindowPredictor(IReadOnlyList<SegmentationModel> models, IReadOnlyList<FlipAxis> flips)
{
    private readonly long[][] combinations = [.. Enumerable.Range(0, 1 << flips.Count).Select(bits => flips.Where((_, i) => (bits >> i & 1) != 0).Select(axis => 2L + (int)axis).ToArray())];

    /// <summary>Converts logits to probabilities if several passes are averaged.</summary>
    public ClassDecision Decision { get; init; } = ClassDecision.MostProbable;

    /// <summary>Number of forward passes per window.</summary>
    public int Passes => models.Count * combinations.Length;

    /// <summary>Whether <see cref="Predict"/> returns probabilities instead of logits.</summary>
    public bool GivesProbabilities => Passes > 1;

    /// <summary>Maps windows [B, C, X, Y, Z] to outputs [B, K, X, Y, Z].</summary>
    public Tensor Predict(Tensor windows)
    {
        if (!GivesProbabilities) return Segment(models[0], windows);
        using DisposeScope scope = NewDisposeScope();
        Scalar one = 1, share = 1.0 / Passes; // kept alive over the native calls
        Tensor? sum = null;
        foreach (SegmentationModel model in models)
        {
            foreach (long[] axes in combinations)
            {
                using DisposeScope pass = NewDisposeScope();
                Tensor output = Decision.Probabilities(Segment(model, axes.Length == 0 ? windows : windows.flip(axes)).to(ScalarType.Float32)); // [B, K, X, Y, Z]
                if (axes.Length > 0) output = output.flip(axes);
                if (sum is null) sum = output.MoveToOuterDisposeScope();
                else sum.add_(output, one);
            }
        }
        Tensor mean = sum!.mul_(share);
        GC.KeepAlive(one);
        GC.KeepAlive(share);
        return mean.MoveToOuterDisposeScope();
    }

    private static Tensor Segment(SegmentationModel model, Tensor windows) =>
        model.Head.Segment(windows, model.Encoder.Encode(windows, model.Head.HiddenBlocks));
}
