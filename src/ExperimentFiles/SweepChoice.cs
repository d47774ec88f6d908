using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One of an axis's values.</summary>
/// <param name="Label">Such as "pretrain.mask_ratio=0.9".</param>
/// <param name="Values">One for each key of the axis; none where <paramref name="Over"/> says them.</param>
/// <param name="Over">A part of an experiment, to be merged over it; null where there are <paramref name="Values"/>.</param>
public sealed record SweepChoice(string Label, IReadOnlyList<ConfigNode> Values, ConfigTable? Over);
