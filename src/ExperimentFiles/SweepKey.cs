using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A key that a sweep varies.</summary>
/// <param name="Path">The dotted key's parts.</param>
/// <param name="Source">Where the key stands.</param>
public sealed record SweepKey(IReadOnlyList<string> Path, SourceSpan Source)
{
    /// <summary>The dotted key.</summary>
    public string Name => string.Join(".", Path);
}
