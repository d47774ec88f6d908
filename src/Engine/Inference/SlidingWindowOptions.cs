using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Inference;

/// <summary>Options of sliding windows.</summary>
/// <param name="Window">Size of a window in voxels.</param>
/// <param name="Overlap">Fraction of a window that the next window overlaps, in [0, 1).</param>
/// <param name="Weighting">Weights of voxels: constant or Gaussian.</param>
/// <param name="WindowBatch">Number of windows per forward pass.</param>
/// <param name="Accumulator">Precision of the sums.</param>
public sealed record SlidingWindowOptions(
    Size3 Window, double Overlap, WindowWeighting Weighting, int WindowBatch, AccumulatorType Accumulator = AccumulatorType.Float32);
