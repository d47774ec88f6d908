namespace HiEndMae.Configuration;

/// <summary>A value of a config tree with its position, independent of any TOML library. Two nodes are equal if their contents and positions are equal.</summary>
/// <param name="Source">Position in the file.</param>
public abstract record ConfigNode(SourceSpan Source);
