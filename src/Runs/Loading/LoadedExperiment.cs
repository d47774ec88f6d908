using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>An experiment that was read, checked and bound.</summary>
/// <param name="Label">Combination of a sweep, such as "pretrain.mask_ratio=0.9"; empty without a sweep.</param>
/// <param name="Config">The experiment.</param>
/// <param name="Resolved">The same experiment as a table with every key.</param>
/// <param name="Fingerprint">SHA-256 of everything that determines the results.</param>
internal sealed record LoadedExperiment(string Label, ExperimentConfig Config, ConfigTable Resolved, string Fingerprint)
{
    /// <summary><see cref="Resolved"/> as canonical TOML. Running it reproduces the run.</summary>
    public string ResolvedToml { get; } = TomlText.Document(Resolved);
}
