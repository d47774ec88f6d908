namespace HiEndMae.Configuration;

/// <summary>A table.</summary>
/// <param name="Entries">Entries in the order of the file; names are unique.</param>
/// <param name="Source">Position in the file.</param>
public sealed record ConfigTable(IReadOnlyList<ConfigEntry> Entries, SourceSpan Source) : ConfigNode(Source)
{
    /// <summary>The key that chooses a component.</summary>
    public const string PluginKey = "plugin";

    /// <summary>The key that names a <c>[datasets.NAME]</c> table in place of <see cref="PluginKey"/>.</summary>
    public const string DatasetKey = "dataset";

    /// <summary>Components of inherited tables that this table replaced by another one.</summary>
    public IReadOnlyList<ReplacedChoice> Replaced { get; init; } = [];

    /// <summary>The value of <c>plugin</c>, or null.</summary>
    public string? PluginName => (Find(PluginKey) as ConfigScalar)?.Value as string;

    /// <summary>Returns the value of a key, or null.</summary>
    public ConfigNode? Find(string key) => FindEntry(key)?.Value;

    /// <summary>Returns the entry of a key, or null.</summary>
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
        ReferenceEquals(this, other) || (other is not null && Source == other.Source && Entries.SequenceEqual(other.Entries) && Replaced.SequenceEqual(other.Replaced));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked(Entries.Count * 397 ^ Source.GetHashCode());
}
