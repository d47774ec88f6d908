using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Measures the effective number of dimensions of a set of vectors.</summary>
public static class Spectrum
{
    /// <summary>Singular values, largest first: the square roots of the eigenvalues of the smaller of X X' and X' X, in float64.</summary>
    /// <remarks>Values below 1e-8 of the largest are noise. They weigh nothing in an effective rank.</remarks>
    /// <param name="matrix">[..., n, m].</param>
    /// <returns>[..., min(n, m)], float64.</returns>
    public static Tensor SingularValues(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = matrix.to(ScalarType.Float64);
        if (x.shape[^2] > x.shape[^1]) x = x.transpose(-2, -1);
        return FromGram(x.matmul(x.transpose(-2, -1))).MoveToOuterDisposeScope();
    }

    /// <summary>Singular values of X from X X' or X' X, largest first.</summary>
    /// <param name="gram">[..., n, n], symmetric, positive semidefinite up to rounding, float64.</param>
    /// <returns>[..., n], float64.</returns>
    public static Tensor FromGram(Tensor gram)
    {
        ArgumentNullException.ThrowIfNull(gram);
        using DisposeScope scope = NewDisposeScope();
        return linalg.eigvalsh(gram).clamp_min(0).sqrt().flip(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Effective ranks (Roy and Vetterli 2007; equation 6 of the paper): exp of the entropy of the singular values divided by their sum, with the natural logarithm.</summary>
    /// <param name="sigma">[..., n], singular values.</param>
    /// <returns>[...], from 1 to n; 0 where every singular value is 0.</returns>
    public static Tensor EffectiveRanks(Tensor sigma)
    {
        ArgumentNullException.ThrowIfNull(sigma);
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = sigma.sum(-1, keepdim: true);
        Tensor p = sigma / sum.clamp_min(double.Epsilon);
        Tensor rank = special.entr(p).sum(-1).exp();
        return where(sum.squeeze(-1) > 0, rank, zeros_like(rank)).MoveToOuterDisposeScope();
    }

    /// <summary>Effective rank of vectors X.</summary>
    /// <param name="gram">X'X or a covariance, as in <see cref="FromGram"/>.</param>
    public static double EffectiveRank(Tensor gram)
    {
        using DisposeScope scope = NewDisposeScope();
        return EffectiveRanks(FromGram(gram)).item<double>();
    }
}
