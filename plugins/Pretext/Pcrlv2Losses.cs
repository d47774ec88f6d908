using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The losses of PCRLv2, as scalars.</summary>
/// <remarks>Source: RL4M/PCRLv2, train_3d.py.</remarks>
/// <param name="Restoration">Mean squared error of the first view, restored at the finest level.</param>
/// <param name="Pair">Negative cosine of the two large views.</param>
/// <param name="DeepRestoration">Mean squared error of the first view, restored at the level of the pair.</param>
/// <param name="Local">Mean negative cosine of large and small views.</param>
/// <param name="Beta">Weight of the deep restoration.</param>
internal sealed record Pcrlv2Losses(Tensor Restoration, Tensor Pair, Tensor DeepRestoration, Tensor Local, double Beta)
{
    private const double Eps = 1e-8;

    /// <summary>The weighted sum.</summary>
    public Tensor Total => Restoration + Pair + (Beta * DeepRestoration) + Local;

    /// <summary>Weight of the deep restoration: half a cosine from 1 to 0.</summary>
    /// <param name="progress">0 at the start of the training, 1 at its end.</param>
    public static double BetaAt(double progress) => 0.5 * (1 + Math.Cos(Math.PI * progress));

    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="first">Outputs of the first large view, with restorations.</param>
    /// <param name="second">Outputs of the second large view.</param>
    /// <param name="local">Outputs of the small views: the first of all samples, then the second, and so on.</param>
    /// <param name="target">[B, C, X, Y, Z].</param>
    /// <param name="levels">The level of each comparison: first of the pair, then two for each small view, for the comparisons with the first and with the second large view.</param>
    /// <param name="beta">Weight of the deep restoration.</param>
    public static Pcrlv2Losses Of(Pcrlv2Outputs first, Pcrlv2Outputs second, Pcrlv2Outputs local, Tensor target, IReadOnlyList<int> levels, double beta)
    {
        using DisposeScope scope = NewDisposeScope();
        long samples = target.shape[0];
        int views = (levels.Count - 1) / 2;
        Tensor pair = Compare(first.Levels[levels[0]], second.Levels[levels[0]]), small = zeros_like(pair);
        for (int view = 0; view < views; view++)
        {
            (int one, int other) = (levels[1 + (2 * view)], levels[2 + (2 * view)]);
            small = small + Compare(first.Levels[one], Part(local.Levels[one], view, samples)) + Compare(second.Levels[other], Part(local.Levels[other], view, samples));
        }
        return new Pcrlv2Losses(
            nn.functional.mse_loss(first.Restored, target).MoveToOuterDisposeScope(), pair.MoveToOuterDisposeScope(),
            nn.functional.mse_loss(first.Levels[levels[0]].Restored!, target).MoveToOuterDisposeScope(), (small / (2 * views)).MoveToOuterDisposeScope(), beta);
    }

    // The projections get no gradient.
    private static Tensor Compare(Pcrlv2Features one, Pcrlv2Features other) => (Cosine(one.Prediction, other.Projection) + Cosine(other.Prediction, one.Projection)) * -0.5;

    private static Tensor Cosine(Tensor prediction, Tensor projection)
    {
        Tensor target = projection.detach(), lengths = (prediction.square().sum(1) * target.square().sum(1)).sqrt();
        return ((prediction * target).sum(1) / lengths.clamp_min(Eps)).mean();
    }

    private static Pcrlv2Features Part(Pcrlv2Features all, int view, long samples) => new(all.Projection.narrow(0, view * samples, samples), all.Prediction.narrow(0, view * samples, samples), null);
}
