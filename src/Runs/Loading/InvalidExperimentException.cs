using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>Thrown if the config of an experiment is wrong. The program prints each diagnostic on a line.</summary>
/// <param name="diagnostics">The errors, in the order of the file.</param>
public sealed class InvalidExperimentException(IReadOnlyList<ConfigDiagnostic> diagnostics) : Exception(string.Join(Environment.NewLine, diagnostics))
{
    /// <summary>The errors, in the order of the file.</summary>
    public IReadOnlyList<ConfigDiagnostic> Diagnostics { get; } = diagnostics;
}
