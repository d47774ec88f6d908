using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One value of an axis.</summary>
/// <param name="Label">Label, such as "pretrain.mask_ratio=0.9".</param>
/// <param name="Values">One value per key of the axis; empty if <paramref name="Over"/> is given.</param>
/// <param name="Over">Partial experiment that is merged over the experiment; null if <paramref name="Values"/> are given.</param>
public sealed record SweepChoice(string Label, IReadOnlyList<ConfigNode> Values, ConfigTable? Over);
