using HiEndMae.Configuration;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>Output of the generator for one file.</summary>
/// <param name="Name">Name of its typed value.</param>
/// <param name="Path">Path of the file.</param>
/// <param name="Code">C# code; null if the file has errors or is a part.</param>
/// <param name="Diagnostics">Errors and warnings.</param>
internal sealed record ExperimentOutput(ExperimentName Name, string Path, string? Code, EquatableArray<ConfigDiagnostic> Diagnostics);
