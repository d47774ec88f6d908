using HiEndMae.Engine.Analysis;

namespace HiEndMae.Runs.Analysis;

/// <summary>The scores of one model, or of what it is compared with.</summary>
/// <param name="Label">What tables call it.</param>
/// <param name="Checkpoint">Its folder; null for positions, voxels and untrained encoders.</param>
/// <param name="Layers">Of tokens alone, shallow first.</param>
/// <param name="WithPosition">Of tokens with their place in the grid beside them; the same layers.</param>
internal sealed record ProbedModel(string Label, string? Checkpoint, IReadOnlyList<ProbeScore> Layers, IReadOnlyList<ProbeScore> WithPosition);
