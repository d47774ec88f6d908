using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Losses;

/// <summary>Computes Dice plus binary cross-entropy of overlapping regions.</summary>
/// <remarks>MONAI's DiceLoss(sigmoid, squared_pred, smooth_nr 0, smooth_dr 1e-6) plus PyTorch's BCEWithLogitsLoss: Dice per sample and region, then their mean.</remarks>
public static class DiceBceLoss
{
    private const double SmoothDenominator = 1e-6;

    /// <summary>Computes the loss, a scalar with gradient.</summary>
    /// <param name="logits">[B, R, X, Y, Z].</param>
    /// <param name="labels">Class indices [B, X, Y, Z], int64. An index above all classes marks a voxel without annotation, which is ignored.</param>
    /// <param name="membership">[K, R]: 1 where a class belongs to a region, otherwise 0.</param>
    public static Tensor Compute(Tensor logits, Tensor labels, Tensor membership)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(membership);
        using DisposeScope scope = NewDisposeScope();
        // Sums over whole crops need at least float32, in any precision of the network.
        if (logits.dtype != ScalarType.Float64) logits = logits.to(ScalarType.Float32);
        Tensor known = labels.lt(membership.shape[0]); // [B, X, Y, Z]
        Tensor weight = known.to(logits.dtype).unsqueeze(1); // [B, 1, X, Y, Z]
        Tensor indices = labels.masked_fill(known.logical_not(), 0);
        Tensor target = membership.to(logits.dtype).index_select(0, indices.flatten()) // [B * X * Y * Z, R]
            .reshape([.. labels.shape, membership.shape[1]]).permute(0, 4, 1, 2, 3) * weight; // [B, R, X, Y, Z]
        Tensor probabilities = logits.sigmoid() * weight;
        long[] space = [2, 3, 4];
        Tensor denominator = target.sum(space) + probabilities.square().sum(space); // [B, R]
        Tensor dice = (1 - 2 * (target * probabilities).sum(space) / (denominator + SmoothDenominator)).mean();
        // log(1 + exp(-x)) without overflow, as PyTorch computes it.
        Tensor entropy = (nn.functional.softplus(logits) - logits * target) * weight;
        Tensor crossEntropy = entropy.sum() / (weight.sum().clamp_min(1) * membership.shape[1]);
        return (dice + crossEntropy).MoveToOuterDisposeScope();
    }

    /// <summary>Returns which class belongs to which region, [K, R], on a device.</summary>
    public static Tensor Membership(DatasetInfo info, Device device)
    {
        ArgumentNullException.ThrowIfNull(info);
        var values = new float[info.LabelNames.Count * info.Regions.Count];
        for (int region = 0; region < info.Regions.Count; region++)
        {
            foreach (int index in info.Regions[region].Classes) values[index * info.Regions.Count + region] = 1;
        }
        return tensor(values, [info.LabelNames.Count, info.Regions.Count], device: device);
    }
}
