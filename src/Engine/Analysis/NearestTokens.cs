using HiEndMae.Engine.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Predicts the mean target of the k nearest neighbours by cosine similarity of standardised tokens.</summary>
internal sealed class NearestTokens : IDisposable
{
    private readonly Tensor mean;
    private readonly Tensor inverse;
    private readonly Tensor tokens;
    private readonly Tensor targets;
    private readonly int neighbours;

    /// <summary>Keeps a random subset of the pairs, among which neighbours are searched.</summary>
    /// <param name="x">[n, E], float64.</param>
    /// <param name="y">[n, K], float64.</param>
    /// <param name="neighbours">k.</param>
    public NearestTokens(Tensor x, Tensor y, int neighbours)
    {
        using DisposeScope scope = NewDisposeScope();
        mean = x.mean([0]).DetachFromDisposeScope();
        Tensor deviation = x.std([0], unbiased: false);
        inverse = where(deviation.gt(0), deviation.reciprocal(), zeros_like(deviation)).DetachFromDisposeScope();
        tokens = Standardised(x).DetachFromDisposeScope();
        targets = y.to(ScalarType.Float32).DetachFromDisposeScope();
        this.neighbours = (int)Math.Min(neighbours, x.shape[0]);
    }

    /// <summary>Chooses the tokens to keep, in order.</summary>
    /// <param name="count">Number of all tokens.</param>
    /// <param name="most">Number of tokens to keep.</param>
    /// <param name="seed">Seed of the choice.</param>
    public static bool[] Kept(int count, int most, int seed)
    {
        var order = new long[count];
        new RandomSource(seed, Purpose.Analysis, -1).Permute(order);
        var kept = new bool[count];
        foreach (long index in order.AsSpan(0, Math.Min(count, most))) kept[index] = true;
        return kept;
    }

    /// <summary>Computes predictions.</summary>
    /// <param name="x">[n, E], float64.</param>
    /// <returns>[n, K], float64.</returns>
    public Tensor Predict(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor similarity = Standardised(x).matmul(tokens.t()); // [n, tokens]
        Tensor nearest = similarity.topk(neighbours, 1).indexes; // [n, k]
        return targets[nearest].mean([1]).to(ScalarType.Float64).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        mean.Dispose();
        inverse.Dispose();
        tokens.Dispose();
        targets.Dispose();
    }

    // Scaled to length 1, so that a product is a cosine.
    private Tensor Standardised(Tensor x)
    {
        Tensor scaled = (x - mean) * inverse;
        return nn.functional.normalize(scaled, dim: 1).to(ScalarType.Float32);
    }
}
