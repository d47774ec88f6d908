using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A key that is varied by a sweep.</summary>
/// <param name="Path">Parts of the dotted key.</param>
/// <param name="Source">Position of the key in its file.</param>
public sealed record SweepKey(IReadOnlyList<string> Path, SourceSpan Source)
{
    /// <summary>The dotted key.</summary>
    public string Name => string.Join(".", Path);
}
