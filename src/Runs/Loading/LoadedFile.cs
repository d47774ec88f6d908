using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>An experiment file with everything that was found in it.</summary>
/// <param name="Experiments">The experiment, or every combination of a sweep; empty where there is an error or the file is a part.</param>
/// <param name="IsSweep">Whether it has a [sweep].</param>
/// <param name="IsPart">Whether it is a part, made to be extended.</param>
/// <param name="Diagnostics">Errors and warnings, by place.</param>
internal sealed record LoadedFile(IReadOnlyList<LoadedExperiment> Experiments, bool IsSweep, bool IsPart, IReadOnlyList<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Whether nothing is wrong; warnings do not count.</summary>
    public bool IsValid => Diagnostics.All(diagnostic => !diagnostic.IsError);
}
