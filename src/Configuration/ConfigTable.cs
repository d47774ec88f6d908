namespace HiEndMae.Configuration;

/// <summary>A table.</summary>
/// <param name="Entries">In the order they were said; names are unique.</param>
/// <param name="Source">Where it stands.</param>
public sealed record ConfigTable(IReadOnlyList<ConfigEntry> Entries, SourceSpan Source) : ConfigNode(Source)
{
    /// <summary>The key that picks a component.</summary>
    public const string PluginKey = "plugin";

    /// <summary>The key that names a <c>[datasets.NAME]</c> table in place of <see cref="PluginKey"/>.</summary>
    public const string DatasetKey = "dataset";

    /// <summary>The name that <c>plugin</c> says; null where it says none.</summary>
    public string? PluginName => (Find(PluginKey) as ConfigScalar)?.Value as string;

    /// <summary>The value of a key; null where it is not said.</summary>
    public ConfigNode? Find(string key) => FindEntry(key)?.Value;

    /// <summary>A key with its place; null where it is not said.</summary>
    public ConfigEntry? FindEntry(string key)
    {
        foreach (ConfigEntry entry in Entries)
        {
            if (entry.Key == key) return entry;
        }
        return null;
    }

    /// <inheritdoc/>
    public bool Equals(ConfigTable? other) =>
        ReferenceEquals(this, other) || (other is not null && Source == other.Source && Entries.SequenceEqual(other.Entries));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(Entries.Count * 397 ^ Source.GetHashCode());
}
