namespace HiEndMae.Configuration;

/// <summary>A value of a config tree with the place it was said at; no TOML library in sight. Nodes are equal where content and places are.</summary>
/// <param name="Source">Where it stands.</param>
public abstract record ConfigNode(SourceSpan Source);
