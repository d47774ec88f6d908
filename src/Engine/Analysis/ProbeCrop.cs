using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>A labelled crop.</summary>
/// <param name="Case">Index of the case.</param>
/// <param name="Volume">[1, C, X, Y, Z], intensities as in training.</param>
/// <param name="Fractions">[N, K - 1], float64: the fraction of each patch that each class without background fills; patches in x-major order.</param>
public sealed record ProbeCrop(int Case, Tensor Volume, Tensor Fractions);
