using HiEndMae.Engine.Analysis;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class RidgeRegressionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(3)]
    public void With_one_feature_the_slope_is_that_of_the_textbook(double penalty)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] x = [1, 2, 4, 7], y = [3, 3.5, 6, 9];
        double meanX = x.Average(), meanY = y.Average();
        double variance = x.Average(value => (value - meanX) * (value - meanX)), covariance = x.Zip(y).Average(pair => (pair.First - meanX) * (pair.Second - meanY));
        var fit = RidgeRegression.Fit(Moments(tensor(x, [4, 1]), tensor(y, [4, 1])), penalty);
        double slope = covariance / variance / (1 + penalty); // the scaled weight is covariance / deviation / (1 + penalty)
        Assert.Equal(slope, fit.Weights.item<double>(), 1e-12);
        Assert.Equal(meanY - slope * meanX, fit.Intercept.item<double>(), 1e-12);
    }

    [Fact]
    public void The_gradient_of_the_objective_is_zero_at_the_fit()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5);
        Tensor x = randn(60, 7, ScalarType.Float64, generator: generator) * tensor(new[] { 1.0, 10, 0.1, 3, 1, 1, 100 }) + 2;
        Tensor y = x.narrow(1, 0, 2) * 0.3 + randn(60, 2, ScalarType.Float64, generator: generator);
        const double Penalty = 0.2;
        var fit = RidgeRegression.Fit(Moments(x, y), Penalty);
        // The objective from the data itself, by automatic differentiation.
        Tensor weights = fit.Weights.detach().clone().requires_grad_(), intercept = fit.Intercept.detach().clone().requires_grad_();
        Tensor residual = (x.matmul(weights) + intercept - y).square().mean([0]).sum();
        Tensor deviation = x.std([0], unbiased: false).unsqueeze(1);
        (residual + Penalty * (weights * deviation).square().sum()).backward();
        Assert.True((weights.grad! / deviation).abs().max().item<double>() < 1e-10);
        Assert.True(intercept.grad!.abs().max().item<double>() < 1e-10);
    }

    [Fact]
    public void A_constant_feature_has_weight_zero()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { 1.0, 5, 2, 5, 3, 5, 4, 5 }, [4, 2]), y = tensor(new[] { 2.0, 4, 6, 8 }, [4, 1]);
        var fit = RidgeRegression.Fit(Moments(x, y), 0);
        Assert.Equal(2, fit.Weights[0].item<double>(), 1e-10);
        Assert.Equal(0, fit.Weights[1].item<double>());
        Assert.Equal(0, fit.Intercept.item<double>(), 1e-10);
    }

    [Fact]
    public void The_penalty_has_the_least_error_on_held_out_folds()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(9);
        // Many features and few pairs: least squares fits noise.
        Tensor x = randn(48, 40, ScalarType.Float64, generator: generator);
        Tensor y = 3 * x.narrow(1, 0, 1) + randn(48, 1, ScalarType.Float64, generator: generator);
        double[] penalties = [1e-6, 0.3, 1e4];
        TokenMoments[] folds = [.. Enumerable.Range(0, 4).Select(fold => Moments(x.narrow(0, fold * 12, 12), y.narrow(0, fold * 12, 12)))];
        (RidgeRegression chosen, double penalty) = RidgeRegression.Choose(folds, penalties);
        double best = penalties.MinBy(candidate => Enumerable.Range(0, 4).Sum(fold =>
        {
            long[] others = [.. Enumerable.Range(0, 48).Where(row => row / 12 != fold).Select(row => (long)row)];
            var fit = RidgeRegression.Fit(Moments(x[tensor(others)], y[tensor(others)]), candidate);
            Tensor held = y.narrow(0, fold * 12, 12);
            return ((fit.Predict(x.narrow(0, fold * 12, 12)) - held).square().sum() / (held - held.mean()).square().sum()).item<double>();
        }));
        Assert.Equal(best, penalty);
        Assert.Equal(0.3, penalty);
        Numbers.AssertClose(RidgeRegression.Fit(Moments(x, y), 0.3).Weights, chosen.Weights, 1e-9);
    }

    [Theory]
    [InlineData(new[] { 1.0, 1, 1, 1 }, 4)]
    [InlineData(new[] { 9.0, 1 }, 1.7548)] // singular values 3 and 1
    [InlineData(new[] { 5.0, 0, 0 }, 1)]
    [InlineData(new[] { 0.0, 0 }, 0)]
    public void Effective_rank_of_known_spectra(double[] eigenvalues, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(1);
        (Tensor q, _) = linalg.qr(randn(eigenvalues.Length, eigenvalues.Length, ScalarType.Float64, generator: generator));
        Tensor gram = q.matmul(diag(tensor(eigenvalues))).matmul(q.t());
        Assert.Equal(expected, Spectrum.EffectiveRank(gram), 1e-4);
    }

    private static TokenMoments Moments(Tensor x, Tensor y) => TokenMoments.Empty(x.shape[1], y.shape[1]).Add(x, y);
}
