using HiEndMae.Configuration;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>What the generator makes of one file.</summary>
/// <param name="Name">Where its value stands.</param>
/// <param name="Path">The file.</param>
/// <param name="Code">C#; null where the file is wrong or a part.</param>
/// <param name="Diagnostics">What is wrong with it.</param>
internal sealed record ExperimentOutput(ExperimentName Name, string Path, string? Code, EquatableArray<ConfigDiagnostic> Diagnostics);
