using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Fits the probes of one layer. Its tensors belong to the dispose scope in which it is created and fitted.</summary>
/// <param name="options">Folds, penalties, neighbours.</param>
/// <param name="numCases">Number of cases to fit on.</param>
internal sealed class FittedLayer(ProbeOptions options, int numCases) : IDisposable
{
    private readonly int numFolds = Math.Min(options.Folds, numCases);
    private readonly List<Tensor> keptTokens = [];
    private readonly List<Tensor> keptTargets = [];
    private TokenMoments[]? folds;
    private bool[]? kept;
    private int seen;

    public int NumTargets { get; private set; }

    public RidgeRegression Ridge { get; private set; } = null!;

    public double Penalty { get; private set; }

    public NearestTokens Nearest { get; private set; } = null!;

    public double EffectiveRank { get; private set; }

    /// <summary>Adds the tokens of a crop.</summary>
    /// <param name="index">Index of the case, which determines the fold.</param>
    /// <param name="x">[N, F], float64.</param>
    /// <param name="y">[N, K - 1], float64.</param>
    public void Add(int index, Tensor x, Tensor y)
    {
        if (folds is null)
        {
            NumTargets = (int)y.shape[1];
            folds = [.. Enumerable.Range(0, numFolds).Select(_ => Kept(TokenMoments.Empty(x.shape[1], NumTargets)))];
            kept = NearestTokens.Kept(checked((int)(numCases * options.CropsPerCase * x.shape[0])), options.MaxNeighbourTokens, options.Seed);
        }
        int fold = index % numFolds;
        folds[fold] = folds[fold].Add(x, y);
        long[] chosen = [.. Enumerable.Range(0, (int)x.shape[0]).Where(token => kept![seen + token]).Select(token => (long)token)];
        seen += (int)x.shape[0];
        if (chosen.Length == 0) return;
        Tensor indices = tensor(chosen);
        keptTokens.Add(x[indices].DetachFromDisposeScope());
        keptTargets.Add(y[indices].DetachFromDisposeScope());
    }

    /// <summary>Fits both probes to the added tokens.</summary>
    public void Fit()
    {
        (Ridge, Penalty) = RidgeRegression.Choose(folds!, options.Penalties);
        using (DisposeScope scope = NewDisposeScope())
        {
            Nearest = new NearestTokens(cat(keptTokens, 0), cat(keptTargets, 0), options.Neighbours);
            EffectiveRank = Spectrum.EffectiveRank(TokenMoments.Sum(folds!).Covariance());
        }
        foreach (Tensor tensor in keptTokens.Concat(keptTargets)) tensor.Dispose();
    }

    public void Dispose() => Nearest?.Dispose();

    // The tensors must outlive the dispose scope of the first crop.
    private static TokenMoments Kept(TokenMoments moments)
    {
        foreach (Tensor tensor in (Tensor[])[moments.SumX, moments.SumY, moments.Xx, moments.Xy, moments.Yy]) tensor.MoveToOuterDisposeScope();
        return moments;
    }
}
