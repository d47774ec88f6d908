using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Measures the effective number of dimensions of a set of vectors.</summary>
public static class Spectrum
{
    /// <summary>Effective rank (Roy and Vetterli 2007; equation 6 of the paper): exp of the entropy of the singular values divided by their sum.</summary>
    /// <param name="gram">X'X of vectors X, or a covariance: symmetric, positive semi-definite up to rounding, float64.</param>
    /// <returns>A number from 1 to the number of columns; 0 if all vectors are 0.</returns>
    public static double EffectiveRank(Tensor gram)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] sigma = [.. linalg.eigvalsh(gram).data<double>().ToArray().Select(value => Math.Sqrt(Math.Max(0, value)))];
        double sum = sigma.Sum();
        if (sum == 0) return 0;
        return Math.Exp(-sigma.Where(value => value > 0).Sum(value => value / sum * Math.Log(value / sum)));
    }
}
