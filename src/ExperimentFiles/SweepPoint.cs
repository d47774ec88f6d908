using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One combination of a sweep, or the whole of an experiment without one.</summary>
/// <param name="Label">Such as "pretrain.mask_ratio=0.9"; empty without a sweep.</param>
/// <param name="Tree">The experiment without [sweep] and [datasets], values set.</param>
public sealed record SweepPoint(string Label, ConfigTable Tree);
