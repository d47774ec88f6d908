using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>An experiment file, read, checked and bound.</summary>
/// <param name="Config">The experiment; null where there is an error.</param>
/// <param name="ResolvedToml">Every key with its value, canonical; running it reproduces the run. Empty where there is an error.</param>
/// <param name="Fingerprint">SHA-256 of what the experiment computes. Empty where there is an error.</param>
/// <param name="Diagnostics">Everything that was found.</param>
internal sealed record LoadedExperiment(ExperimentConfig? Config, string ResolvedToml, string Fingerprint, IReadOnlyList<ConfigDiagnostic> Diagnostics);
