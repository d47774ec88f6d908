using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>An experiment that was read, checked and bound.</summary>
/// <param name="Label">Combination of a sweep, such as "pretrain.mask_ratio=0.9"; empty without a sweep.</param>
/// <param name="Config">The experiment.</param>
/// <param name="ResolvedToml">Canonical TOML with every key; running it reproduces the run.</param>
/// <param name="Fingerprint">SHA-256 of what the experiment computes.</param>
internal sealed record LoadedExperiment(string Label, ExperimentConfig Config, string ResolvedToml, string Fingerprint);
