namespace HiEndMae.Configuration;

/// <summary>A value of a config tree with the place it was said at; no TOML library in sight.</summary>
/// <param name="Source">Where it stands.</param>
public abstract record ConfigNode(SourceSpan Source);

/// <summary>A place in a file; lines and columns count from 1.</summary>
/// <param name="File">Path as the user gave it; empty for values that no file says.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourceSpan(string File, int Line, int Column);

/// <summary>A string, long, double, bool, or date (kept as its text).</summary>
/// <param name="Value">string, long, double or bool.</param>
/// <param name="Source">Where it stands.</param>
public sealed record ConfigScalar(object Value, SourceSpan Source) : ConfigNode(Source);

/// <summary>A list.</summary>
/// <param name="Items">In order.</param>
/// <param name="Source">Where it stands.</param>
public sealed record ConfigArray(IReadOnlyList<ConfigNode> Items, SourceSpan Source) : ConfigNode(Source);

/// <summary>A table.</summary>
/// <param name="Entries">In the order they were said; names are unique.</param>
/// <param name="Source">Where it stands.</param>
public sealed record ConfigTable(IReadOnlyList<ConfigEntry> Entries, SourceSpan Source) : ConfigNode(Source)
{
    /// <summary>The key that picks a component.</summary>
    public const string PluginKey = "plugin";

    /// <summary>The name that <c>plugin</c> says; null where it says none.</summary>
    public string? PluginName => (Find(PluginKey) as ConfigScalar)?.Value as string;

    /// <summary>The value of a key; null where it is not said.</summary>
    public ConfigNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>One key of a table.</summary>
/// <param name="Key">Its name, snake_case.</param>
/// <param name="Value">Its value.</param>
/// <param name="KeySource">Where the key stands.</param>
public sealed record ConfigEntry(string Key, ConfigNode Value, SourceSpan KeySource);
