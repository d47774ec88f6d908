using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A key that a sweep varies, or its explicit list.</summary>
/// <param name="Path">The dotted key's parts; empty for the list, whose values are tables to be merged over the experiment.</param>
/// <param name="Values">Its values.</param>
/// <param name="KeySource">Where the key stands.</param>
public sealed record SweepAxis(IReadOnlyList<string> Path, ConfigArray Values, SourceSpan KeySource)
{
    /// <summary>Whether the values are parts of experiments.</summary>
    public bool IsList => Path.Count == 0;

    /// <summary>The dotted key.</summary>
    public string Key => string.Join(".", Path);
}
