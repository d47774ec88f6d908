namespace HiEndMae.Configuration;

/// <summary>One key of a table.</summary>
/// <param name="Key">Its name, snake_case.</param>
/// <param name="Value">Its value.</param>
/// <param name="KeySource">Position of the key.</param>
public sealed record ConfigEntry(string Key, ConfigNode Value, SourceSpan KeySource);
