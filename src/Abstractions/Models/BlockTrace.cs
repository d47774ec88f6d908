using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>What one transformer block computed in a forward pass. The tensors live until the observer returns.</summary>
/// <param name="Block">Index of the block, counted from zero.</param>
/// <param name="Queries">[B, H, T, d], with d = E / H. A class token comes first where the encoder has one.</param>
/// <param name="Keys">[B, H, T, d].</param>
/// <param name="Values">[B, H, T, d].</param>
/// <param name="Output">[B, T, E], the block's raw output, without a norm.</param>
public sealed record BlockTrace(int Block, Tensor Queries, Tensor Keys, Tensor Values, Tensor Output);
