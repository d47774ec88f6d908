using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Outputs of student or teacher for both views: those of the first view of all samples, then those of the second.</summary>
/// <param name="Volumes">[2B, K].</param>
/// <param name="Slices">[2B, K], means over the slices of a volume.</param>
internal sealed record UnimissOutputs(Tensor Volumes, Tensor Slices);
