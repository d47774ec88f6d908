using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The losses of SUP, as scalars.</summary>
/// <param name="Rotation">Cross-entropy of the rotations.</param>
/// <param name="Contrastive">NT-Xent of the embeddings.</param>
/// <param name="Reconstruction">Mean absolute difference.</param>
/// <param name="Total">Their weighted sum.</param>
internal sealed record SupLosses(Tensor Rotation, Tensor Contrastive, Tensor Reconstruction, Tensor Total);
