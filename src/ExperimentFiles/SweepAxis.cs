using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A key that a sweep varies.</summary>
/// <param name="Path">The dotted key's parts.</param>
/// <param name="Values">Its values.</param>
/// <param name="KeySource">Where the key stands.</param>
public sealed record SweepAxis(IReadOnlyList<string> Path, ConfigArray Values, SourceSpan KeySource)
{
    /// <summary>The dotted key.</summary>
    public string Key => string.Join(".", Path);
}
