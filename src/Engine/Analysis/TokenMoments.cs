using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Moments of pairs (x, y) for a linear regression: number, sums and sums of products, in float64 on the CPU. Moments can be added and subtracted.</summary>
/// <param name="Count">Number of pairs.</param>
/// <param name="SumX">[E].</param>
/// <param name="SumY">[K].</param>
/// <param name="Xx">[E, E], sum of x x'.</param>
/// <param name="Xy">[E, K], sum of x y'.</param>
/// <param name="Yy">[K], sum of y squared.</param>
internal sealed record TokenMoments(long Count, Tensor SumX, Tensor SumY, Tensor Xx, Tensor Xy, Tensor Yy)
{
    /// <summary>Creates the moments of no pairs.</summary>
    public static TokenMoments Empty(long features, long targets) => new(
        0, zeros(features, ScalarType.Float64), zeros(targets, ScalarType.Float64), zeros(features, features, ScalarType.Float64), zeros(features, targets, ScalarType.Float64),
        zeros(targets, ScalarType.Float64));

    /// <summary>Adds pairs in place and returns the new moments.</summary>
    /// <param name="x">[n, E], float64.</param>
    /// <param name="y">[n, K], float64.</param>
    public TokenMoments Add(Tensor x, Tensor y)
    {
        using DisposeScope scope = NewDisposeScope();
        SumX.add_(x.sum([0]));
        SumY.add_(y.sum([0]));
        Xx.add_(x.t().matmul(x));
        Xy.add_(x.t().matmul(y));
        Yy.add_(y.square().sum([0]));
        return this with { Count = Count + x.shape[0] };
    }

    /// <summary>Adds several moments.</summary>
    public static TokenMoments Sum(IReadOnlyList<TokenMoments> parts)
    {
        TokenMoments sum = Empty(parts[0].SumX.shape[0], parts[0].SumY.shape[0]);
        foreach (TokenMoments part in parts)
        {
            sum.SumX.add_(part.SumX);
            sum.SumY.add_(part.SumY);
            sum.Xx.add_(part.Xx);
            sum.Xy.add_(part.Xy);
            sum.Yy.add_(part.Yy);
        }
        return sum with { Count = parts.Sum(part => part.Count) };
    }

    /// <summary>Subtracts the moments of a subset of the pairs.</summary>
    public TokenMoments Without(TokenMoments part) => new(Count - part.Count, SumX - part.SumX, SumY - part.SumY, Xx - part.Xx, Xy - part.Xy, Yy - part.Yy);

    /// <summary>Covariance of x, [E, E].</summary>
    public Tensor Covariance()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mean = SumX / Count;
        return (Xx / Count - outer(mean, mean)).MoveToOuterDisposeScope();
    }
}
