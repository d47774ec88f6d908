using HiEndMae.Engine.Analysis;

namespace HiEndMae.Runs.Analysis;

/// <summary>The scores of one model or of a baseline.</summary>
/// <param name="Label">Name in tables.</param>
/// <param name="Checkpoint">Folder of the checkpoint; null for positions, voxels and untrained encoders.</param>
/// <param name="Layers">Scores of tokens without positions, by layer, shallow first.</param>
/// <param name="WithPosition">Scores of tokens together with their positions, for the same layers.</param>
internal sealed record ProbedModel(string Label, string? Checkpoint, IReadOnlyList<ProbeScore> Layers, IReadOnlyList<ProbeScore> WithPosition);
