using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Losses;

/// <summary>Dice plus cross-entropy, as the official fine-tuning uses it.</summary>
/// <remarks>MONAI 1.2 DiceCELoss(to_onehot_y, softmax, squared_pred, smooth_nr 0, smooth_dr 1e-6): background counts, Dice per sample and class, then their mean.</remarks>
public static class DiceCeLoss
{
    private const double SmoothDenominator = 1e-6;

    /// <summary>Computes the loss, a scalar with gradient.</summary>
    /// <param name="logits">[B, K, X, Y, Z].</param>
    /// <param name="labels">[B, X, Y, Z] or [B, 1, X, Y, Z], int64, 0 to K - 1.</param>
    /// <param name="hasIgnored">Whether labels of K and more may occur. Their voxels are left out of both terms, like nnU-Net's ignore label (dice.py, mask of
    /// SoftDiceLoss; ignore_index of the cross-entropy, whose mean is over the other voxels). If a batch has no other voxels, its cross-entropy is 0.</param>
    public static Tensor Compute(Tensor logits, Tensor labels, bool hasIgnored = false)
    {
        using DisposeScope scope = NewDisposeScope();
        // Sums over whole crops need at least float32, whatever the precision of the network.
        if (logits.dtype != ScalarType.Float64) logits = logits.to(ScalarType.Float32);
        Tensor classes = labels.dim() == 5 ? labels.squeeze(1) : labels; // [B, X, Y, Z]
        if (hasIgnored) return Masked(logits, classes).MoveToOuterDisposeScope();
        Tensor probabilities = logits.softmax(1);
        Tensor indices = classes.unsqueeze(1); // [B, 1, X, Y, Z]
        Tensor target = zeros_like(probabilities).scatter_(1, indices, ones_like(indices, probabilities.dtype)); // one-hot [B, K, X, Y, Z]
        long[] space = [2, 3, 4];
        Tensor intersection = (target * probabilities).sum(space); // [B, K]
        Tensor denominator = target.sum(space) + probabilities.square().sum(space);
        Tensor dice = (1 - 2 * intersection / (denominator + SmoothDenominator)).mean();
        Tensor crossEntropy = nn.functional.cross_entropy(logits, classes);
        return (dice + crossEntropy).MoveToOuterDisposeScope();
    }

    private static Tensor Masked(Tensor logits, Tensor classes)
    {
        Tensor known = classes.lt(logits.shape[1]); // [B, X, Y, Z]
        Tensor weight = known.to(logits.dtype).unsqueeze(1); // [B, 1, X, Y, Z]
        Tensor indices = classes.masked_fill(known.logical_not(), 0).unsqueeze(1);
        Tensor probabilities = logits.softmax(1) * weight;
        Tensor target = zeros_like(probabilities).scatter_(1, indices, weight); // one-hot; all 0 where nothing is known
        long[] space = [2, 3, 4];
        Tensor denominator = target.sum(space) + probabilities.square().sum(space);
        Tensor dice = (1 - 2 * (target * probabilities).sum(space) / (denominator + SmoothDenominator)).mean();
        Tensor crossEntropy = -(logits.log_softmax(1) * target).sum() / weight.sum().clamp_min(1);
        return dice + crossEntropy;
    }
}
