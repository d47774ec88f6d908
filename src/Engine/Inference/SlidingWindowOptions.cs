using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Inference;

/// <summary>How a volume is covered by windows.</summary>
/// <param name="Window">Voxels of a window.</param>
/// <param name="Overlap">Part of a window that its neighbour covers again, in [0, 1).</param>
/// <param name="Weighting">Constant or Gaussian.</param>
/// <param name="WindowBatch">Windows per forward pass.</param>
/// <param name="Accumulator">Precision of the sums.</param>
public sealed record SlidingWindowOptions(
    Size3 Window, double Overlap, WindowWeighting Weighting, int WindowBatch, AccumulatorType Accumulator = AccumulatorType.Float32);
