using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>TransVW's losses, each with its weight.</summary>
/// <param name="Classification">Cross-entropy of the words.</param>
/// <param name="Restoration">Mean squared error of the restored crops.</param>
internal sealed record TransVwLosses(Tensor Classification, Tensor Restoration)
{
    /// <summary>The sum.</summary>
    public Tensor Total => Classification + Restoration;

    /// <summary>Computes the losses of a batch.</summary>
    /// <param name="logits">[B, K].</param>
    /// <param name="classes">[B] int64.</param>
    /// <param name="restored">[B, C, X, Y, Z], after the sigmoid.</param>
    /// <param name="target">[B, C, X, Y, Z].</param>
    /// <param name="config">Weights.</param>
    public static TransVwLosses Of(Tensor logits, Tensor classes, Tensor restored, Tensor target, TransVwConfig config) =>
        new(config.ClassificationWeight * nn.functional.cross_entropy(logits, classes), config.RestorationWeight * ModelsGenesisTask.Difference(restored, target));
}
