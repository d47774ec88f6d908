using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SUP's losses, scalars.</summary>
/// <param name="Rotation">Cross-entropy of the turns.</param>
/// <param name="Contrastive">NT-Xent of the embeddings.</param>
/// <param name="Reconstruction">Mean absolute difference.</param>
/// <param name="Total">Their weighted sum.</param>
internal sealed record SupLosses(Tensor Rotation, Tensor Contrastive, Tensor Reconstruction, Tensor Total);
