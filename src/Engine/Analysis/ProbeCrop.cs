using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>A labelled crop.</summary>
/// <param name="Case">Index of its case.</param>
/// <param name="Volume">[1, C, X, Y, Z], intensities as in training.</param>
/// <param name="Fractions">[N, K - 1], float64: the fraction of each patch that each class except background fills; patches in x-major order. [N, 0] without labels.</param>
public sealed record ProbeCrop(int Case, Tensor Volume, Tensor Fractions)
{
    /// <summary>Distance between voxels, mm.</summary>
    public Spacing3 Spacing { get; init; } = Spacing3.Isotropic(1);
}
