using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Measures of attention: distance, entropy, and diversity of heads.</summary>
/// <remarks>Sources: distance of Dosovitskiy 2021 and Raghu 2021, in three dimensions; entropy and diversity of heads of Xie 2023.</remarks>
public static class AttentionMeasures
{
    /// <summary>Euclidean distances between patches.</summary>
    /// <param name="grid">Patches along x, y, z.</param>
    /// <param name="step">Distance from one patch to the next along x, y, z, in voxels or mm.</param>
    /// <returns>[N, N], float32, patches in x-major order.</returns>
    public static Tensor Distances(Size3 grid, Spacing3 step)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] axes = meshgrid([Axis(grid.X, step.X), Axis(grid.Y, step.Y), Axis(grid.Z, step.Z)], "ij");
        Tensor places = stack([.. axes.Select(axis => axis.flatten())], 1); // [N, 3]
        Tensor apart = places.unsqueeze(0) - places.unsqueeze(1);
        return apart.square().sum([2]).sqrt().to(ScalarType.Float32).MoveToOuterDisposeScope();

        static Tensor Axis(int count, double length) => arange(count, ScalarType.Float64) * length;
    }

    /// <summary>Mean attention distance: the sum of weight times distance, averaged over patch queries.</summary>
    /// <param name="weights">[B, H, T, T].</param>
    /// <param name="distances">[N, N].</param>
    /// <param name="rescaled">Whether rows over patch keys are scaled to sum 1. Most public scripts do not do this; the value is then smaller by the class key's share.</param>
    /// <returns>[B, H], in the unit of the distances.</returns>
    public static Tensor Distance(Tensor weights, Tensor distances, bool rescaled)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(distances);
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = Patches(weights, distances.shape[0]);
        Tensor reach = (patches * distances).sum(-1); // [B, H, N]
        if (rescaled) reach /= patches.sum(-1);
        return reach.mean([-1]).MoveToOuterDisposeScope();
    }

    /// <summary>Mean entropy of the patch queries' rows over all keys, the class key included, in nats.</summary>
    /// <param name="logWeights">[B, H, T, T].</param>
    /// <param name="weights">The exponentials of <paramref name="logWeights"/>.</param>
    /// <param name="numPatches">N, which is T or T - 1.</param>
    /// <returns>[B, H], from 0 to ln T.</returns>
    public static Tensor Entropy(Tensor logWeights, Tensor weights, long numPatches)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = (Queries(weights, numPatches) * Queries(logWeights, numPatches)).sum(-1);
        return rows.mean([-1]).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Diversity of heads: the mean of KL(head i, head j) over ordered pairs of different heads and over patch queries, in nats.</summary>
    /// <param name="logWeights">[B, H, T, T].</param>
    /// <param name="weights">The exponentials of <paramref name="logWeights"/>.</param>
    /// <param name="numPatches">N, which is T or T - 1.</param>
    /// <returns>[B]; NaN for one head.</returns>
    public static Tensor HeadDivergence(Tensor logWeights, Tensor weights, long numPatches)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using DisposeScope scope = NewDisposeScope();
        long heads = weights.shape[1];
        // Logarithms relative to uniform attention are small, so that the difference of two sums keeps its digits.
        Tensor p = Queries(weights, numPatches).flatten(2), log = (Queries(logWeights, numPatches) + Math.Log(weights.shape[3])).flatten(2); // [B, H, N T]
        Tensor cross = p.matmul(log.transpose(1, 2)); // [B, H, H]: the sum of p_i ln p_j
        Tensor own = cross.diagonal(0, 1, 2).sum(-1) * heads;
        return ((own - cross.sum([1, 2])) / (heads * (heads - 1) * numPatches)).MoveToOuterDisposeScope();
    }

    /// <summary>Preference for each organ: the organ's share of the attention of queries inside it, divided by its share of the crop. 1 means no preference.</summary>
    /// <remarks>Rows over patch keys are scaled to sum 1, so that uniform attention gives exactly 1. The queries of an organ are the patches of which it fills at least half, or otherwise the
    /// patch that holds most of it.</remarks>
    /// <param name="weights">[B, H, T, T].</param>
    /// <param name="fractions">[N, K], the fraction of each patch that each organ fills.</param>
    /// <returns>[B, H, K], float64; NaN for an organ that is not in the crop.</returns>
    public static Tensor Preferences(Tensor weights, Tensor fractions)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(fractions);
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = Patches(weights, fractions.shape[0]).to(ScalarType.Float64), parts = fractions.to(ScalarType.Float64); // [B, H, N, N] and [N, K]
        Tensor shares = patches.matmul(parts) / patches.sum(-1, keepdim: true) / parts.mean([0]); // [B, H, N, K]
        Tensor most = parts.amax([0], keepdim: true);
        Tensor inside = parts.ge(most.clamp_max(0.5)).logical_and(most > 0).to(ScalarType.Float64); // [N, K]
        // An organ that is not in the crop has shares of 0 / 0 and no queries.
        return (where(inside > 0, shares, zeros_like(shares)).sum([2]) / inside.sum([0])).MoveToOuterDisposeScope();
    }

    private static Tensor Queries(Tensor weights, long numPatches) => weights.narrow(2, weights.shape[2] - numPatches, numPatches);

    private static Tensor Patches(Tensor weights, long numPatches) => Queries(weights, numPatches).narrow(3, weights.shape[3] - numPatches, numPatches);
}
