using HiEndMae.Imaging;

namespace HiEndMae.Engine.Inference;

/// <summary>A prediction on the scan's own grid.</summary>
/// <param name="Labels">Class indices: the most probable class of every voxel.</param>
/// <param name="Probabilities">[K, X, Y, Z]; null where they were not asked for.</param>
public sealed record OriginalPrediction(Volume<ushort> Labels, Volume<float>? Probabilities);
