using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>Outputs of SUP's heads for both views.</summary>
/// <param name="Turns">[2B, 4], logits of the rotations by multiples of 90 degrees.</param>
/// <param name="Embeddings">[2B, E].</param>
/// <param name="Restored">[2B, C, X, Y, Z].</param>
internal sealed record SupOutputs(Tensor Turns, Tensor Embeddings, Tensor Restored);
