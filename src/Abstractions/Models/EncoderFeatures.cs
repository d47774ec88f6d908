using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>What an encoder hands to a decoder or a head. Tensors belong to the dispose scope they were made in.</summary>
public abstract record EncoderFeatures;

/// <summary>Tokens of the last block and of the asked-for blocks.</summary>
/// <param name="Tokens">[B, V (+1), E] after the final norm; class token first where there is one.</param>
/// <param name="Hidden">By block index counted from zero: the block's raw output [B, V (+1), E], no norm, class token included.</param>
public sealed record TokenFeatures(Tensor Tokens, IReadOnlyDictionary<int, Tensor> Hidden) : EncoderFeatures;

/// <summary>Feature maps, finest first, each [B, C_l, X/s, Y/s, Z/s] as <see cref="PyramidEncoderInfo.Levels"/> says.</summary>
public sealed record FeaturePyramid(IReadOnlyList<Tensor> Levels) : EncoderFeatures;
