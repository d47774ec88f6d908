using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Ridge regression with an intercept in closed form: y is predicted by x W + b.</summary>
/// <remarks>
/// Features are scaled to variance 1, so that one penalty suits all: W minimises the mean squared residual + penalty * |W scaled|^2. A constant feature gets
/// the weight 0.
/// </remarks>
/// <param name="Weights">W, [E, K], float64, for unscaled features.</param>
/// <param name="Intercept">b, [K].</param>
internal sealed record RidgeRegression(Tensor Weights, Tensor Intercept)
{
    private const double Constant = 1e-12;

    /// <summary>Solves the normal equations.</summary>
    /// <param name="moments">Moments of the pairs to fit.</param>
    /// <param name="penalty">The penalty, at least 0; 0 is least squares.</param>
    public static RidgeRegression Fit(TokenMoments moments, double penalty)
    {
        using DisposeScope scope = NewDisposeScope();
        double n = moments.Count;
        Tensor meanX = moments.SumX / n, meanY = moments.SumY / n; // [E], [K]
        Tensor covariance = moments.Xx / n - outer(meanX, meanX); // [E, E]
        Tensor cross = moments.Xy / n - outer(meanX, meanY); // [E, K]
        Tensor variance = covariance.diagonal().clamp_min(0);
        // Rounding leaves a constant feature a variance of about 1e-16 of its square.
        Tensor varies = variance.gt((moments.Xx.diagonal() / n).mul(Constant)).to(ScalarType.Float64);
        Tensor scale = where(varies.gt(0), variance.sqrt(), ones_like(variance)); // [E]
        Tensor inverse = varies / scale;
        Tensor correlation = inverse.unsqueeze(1) * covariance * inverse.unsqueeze(0);
        Tensor system = correlation + diag(penalty + (1 - varies)); // a constant feature's row says weight = 0
        Tensor scaled = linalg.solve(system, inverse.unsqueeze(1) * cross); // [E, K]
        Tensor weights = inverse.unsqueeze(1) * scaled;
        Tensor intercept = meanY - meanX.unsqueeze(0).matmul(weights).squeeze(0);
        return new RidgeRegression(weights.MoveToOuterDisposeScope(), intercept.MoveToOuterDisposeScope());
    }

    /// <summary>Fits with the penalty that predicts left-out folds best.</summary>
    /// <param name="folds">Moments of disjoint sets of pairs, such as a fifth of the cases each.</param>
    /// <param name="penalties">Penalties to choose from.</param>
    /// <returns>The regression on all folds, and its penalty.</returns>
    public static (RidgeRegression Regression, double Penalty) Choose(IReadOnlyList<TokenMoments> folds, IReadOnlyList<double> penalties)
    {
        using DisposeScope scope = NewDisposeScope();
        TokenMoments all = TokenMoments.Sum(folds);
        double best = penalties[0], least = double.PositiveInfinity;
        foreach (double penalty in penalties.Count > 1 && folds.Count > 1 ? penalties : [])
        {
            double error = folds.Sum(fold => Fit(all.Without(fold), penalty).RelativeError(fold));
            if (error < least) (best, least) = (penalty, error);
        }
        RidgeRegression chosen = Fit(all, best);
        return (new RidgeRegression(chosen.Weights.MoveToOuterDisposeScope(), chosen.Intercept.MoveToOuterDisposeScope()), best);
    }

    /// <summary>Computes predictions.</summary>
    /// <param name="x">[n, E], float64.</param>
    /// <returns>[n, K].</returns>
    public Tensor Predict(Tensor x) => x.matmul(Weights).add_(Intercept);

    // Squared residuals divided by squares about the mean, averaged over the targets that vary.
    private double RelativeError(TokenMoments moments)
    {
        using DisposeScope scope = NewDisposeScope();
        double n = moments.Count;
        Tensor fitted = (Weights * moments.Xx.matmul(Weights)).sum([0]) + 2 * Intercept * Weights.t().matmul(moments.SumX) + n * Intercept.square(); // sum of squared predictions, [K]
        Tensor product = (Weights * moments.Xy).sum([0]) + Intercept * moments.SumY; // sum of predictions times y
        Tensor residual = moments.Yy - 2 * product + fitted;
        Tensor total = moments.Yy - moments.SumY.square() / n;
        double[] errors = residual.data<double>().ToArray(), totals = total.data<double>().ToArray();
        return errors.Zip(totals).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second).DefaultIfEmpty(0).Average();
    }
}
