using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>A loaded experiment file.</summary>
/// <param name="Experiments">The experiment, or every combination of a sweep. Empty if there is an error or the file is a partial file.</param>
/// <param name="IsSweep">Whether the file has a [sweep].</param>
/// <param name="IsPart">Whether the file is a partial file, made to be extended.</param>
/// <param name="Diagnostics">Errors and warnings, ordered by position.</param>
internal sealed record LoadedFile(IReadOnlyList<LoadedExperiment> Experiments, bool IsSweep, bool IsPart, IReadOnlyList<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Whether there are no errors. Warnings are allowed.</summary>
    public bool IsValid => Diagnostics.All(diagnostic => !diagnostic.IsError);
}
