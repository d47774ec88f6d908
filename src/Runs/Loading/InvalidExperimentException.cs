using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>An experiment's config is wrong. The program prints each diagnostic as a line of its own.</summary>
/// <param name="diagnostics">What is wrong, in the order of the file.</param>
public sealed class InvalidExperimentException(IReadOnlyList<ConfigDiagnostic> diagnostics) : Exception(string.Join(Environment.NewLine, diagnostics))
{
    /// <summary>What is wrong, in the order of the file.</summary>
    public IReadOnlyList<ConfigDiagnostic> Diagnostics { get; } = diagnostics;
}
