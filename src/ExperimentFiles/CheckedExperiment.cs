using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>An experiment file after every check.</summary>
/// <param name="Points">Its combinations, or the one experiment that it is; empty where there is an error or where it is a part.</param>
/// <param name="IsSweep">Whether it has a [sweep].</param>
/// <param name="IsPart">Whether it is a part, made to be extended.</param>
/// <param name="Diagnostics">Everything found, by place.</param>
public sealed record CheckedExperiment(IReadOnlyList<SweepPoint> Points, bool IsSweep, bool IsPart, IReadOnlyList<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Whether nothing is wrong; warnings do not count.</summary>
    public bool IsValid => Diagnostics.All(diagnostic => !diagnostic.IsError);
}
