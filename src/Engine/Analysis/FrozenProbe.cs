using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Predicts the organs in a patch from its frozen token in closed form, by ridge regression and k nearest neighbours.</summary>
/// <remarks>
/// No optimiser is involved, so the scores are exact for the given crops. Cross-validation over the fitted cases chooses the penalty. Crops are read one after the other, and only
/// sums and a limited number of tokens are kept, so memory does not grow with the number of crops.
/// </remarks>
/// <param name="options">Folds, penalties, neighbours.</param>
/// <param name="fit">Cases to fit on.</param>
/// <param name="score">Other cases to score.</param>
public sealed class FrozenProbe(ProbeOptions options, ProbeCrops fit, ProbeCrops score)
{
    /// <summary>Probes every layer of a source.</summary>
    /// <param name="source">Source of tokens, such as a frozen encoder.</param>
    /// <param name="progress">Called with the number of crops done and of all crops.</param>
    /// <param name="cancel">Checked between crops.</param>
    /// <returns>Scores by layer, shallow first.</returns>
    public IReadOnlyList<ProbeScore> Run(ITokenSource source, Action<int, int>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        int total = (fit.NumCases + score.NumCases) * options.CropsPerCase, done = 0;
        FittedLayer[] layers = [.. source.Layers.Select(_ => new FittedLayer(options, fit.NumCases))];
        try
        {
            ForEach(fit, (i, index, y, x) => layers[i].Add(index, x, y));
            foreach (FittedLayer layer in layers) layer.Fit();
            ExplainedVariance[] ridge = [.. layers.Select(layer => new ExplainedVariance(score.NumCases, layer.NumTargets))];
            ExplainedVariance[] nearest = [.. layers.Select(layer => new ExplainedVariance(score.NumCases, layer.NumTargets))];
            ForEach(score, (i, index, y, x) =>
            {
                ridge[i].Add(index, layers[i].Ridge.Predict(x), y);
                nearest[i].Add(index, layers[i].Nearest.Predict(x), y);
            });
            return [.. layers.Select((layer, i) => new ProbeScore(
                source.Layers[i], ridge[i].Mean(options.BootstrapSamples, options.Seed), ridge[i].ByClass(), layer.Penalty,
                nearest[i].Mean(options.BootstrapSamples, options.Seed), nearest[i].ByClass(), layer.EffectiveRank))];
        }
        finally
        {
            foreach (FittedLayer layer in layers) layer.Dispose();
        }

        // Calls an action with layer, case, fractions [N, K - 1] and tokens [N, F], both float64.
        void ForEach(ProbeCrops crops, Action<int, int, Tensor, Tensor> use)
        {
            foreach ((int index, int number) in crops.Places())
            {
                cancel.ThrowIfCancellationRequested();
                using DisposeScope one = NewDisposeScope();
                ProbeCrop crop = crops.Cut(index, number);
                IReadOnlyList<Tensor> tokens = source.Tokens(crop);
                for (int i = 0; i < layers.Length; i++) use(i, index, crop.Fractions, tokens[i].to(ScalarType.Float64));
                progress?.Invoke(++done, total);
            }
        }
    }
}
