using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>An experiment, read, checked and bound.</summary>
/// <param name="Label">Which combination of a sweep, such as "pretrain.mask_ratio=0.9"; empty without a sweep.</param>
/// <param name="Config">The experiment.</param>
/// <param name="ResolvedToml">Every key with its value, canonical; running it reproduces the run.</param>
/// <param name="Fingerprint">SHA-256 of what the experiment computes.</param>
internal sealed record LoadedExperiment(string Label, ExperimentConfig Config, string ResolvedToml, string Fingerprint);
