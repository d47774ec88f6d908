using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One combination of a sweep, or an experiment without a sweep.</summary>
/// <param name="Label">Label, such as "pretrain.mask_ratio=0.9"; empty without a sweep.</param>
/// <param name="Tree">The experiment with the values of the combination, without [sweep] and [datasets].</param>
public sealed record SweepPoint(string Label, ConfigTable Tree);
