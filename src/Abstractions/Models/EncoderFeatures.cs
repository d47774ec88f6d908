using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>Output of an encoder for a decoder or a head. Its tensors belong to the dispose scope in which they were created.</summary>
public abstract record EncoderFeatures;

/// <summary>Tokens of the last block and of the requested blocks.</summary>
/// <param name="Tokens">[B, V (+1), E] after the final norm. A class token, if there is one, comes first.</param>
/// <param name="Hidden">Raw outputs [B, V (+1), E] by block index, counted from zero: without a norm, with the class token.</param>
public sealed record TokenFeatures(Tensor Tokens, IReadOnlyDictionary<int, Tensor> Hidden) : EncoderFeatures;

/// <summary>Feature maps, finest first, each [B, C_l, X/s, Y/s, Z/s] as <see cref="PyramidEncoderInfo.Levels"/> says.</summary>
public sealed record FeaturePyramid(IReadOnlyList<Tensor> Levels) : EncoderFeatures;
