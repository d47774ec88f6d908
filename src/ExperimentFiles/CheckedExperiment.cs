using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>An experiment file after every check.</summary>
/// <param name="Points">Its combinations, or the experiment itself if there is no sweep; empty if there is an error or the file is a part.</param>
/// <param name="IsSweep">Whether the file has a [sweep].</param>
/// <param name="IsPart">Whether the file is a part, to be extended by others.</param>
/// <param name="Diagnostics">Errors and warnings, by position.</param>
public sealed record CheckedExperiment(IReadOnlyList<SweepPoint> Points, bool IsSweep, bool IsPart, IReadOnlyList<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Whether there are no errors. Warnings are allowed.</summary>
    public bool IsValid => Diagnostics.All(diagnostic => !diagnostic.IsError);
}
