using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Merges config trees from several files and from the command line.</summary>
public static class ConfigTree
{
    /// <summary>Deep merge: tables are merged key by key, any other value of <paramref name="over"/> replaces the one below.</summary>
    public static ConfigTable Merge(ConfigTable under, ConfigTable over)
    {
        List<ConfigEntry> entries = [.. under.Entries];
        // Another component has other keys, so the keys of the replaced component are dropped.
        if (under.PluginName is { } old && over.PluginName is { } replacement && old != replacement) entries.Clear();
        foreach (ConfigEntry entry in over.Entries)
        {
            int at = entries.FindIndex(existing => existing.Key == entry.Key);
            if (at < 0) entries.Add(entry);
            else if (entries[at].Value is ConfigTable below && entry.Value is ConfigTable above) entries[at] = entry with { Value = Merge(below, above) };
            else entries[at] = entry;
        }
        return new ConfigTable(entries, over.Source);
    }

    /// <summary>Returns the tree with the value at a dotted key replaced. Missing tables are created.</summary>
    /// <param name="table">The tree.</param>
    /// <param name="path">Parts of the dotted key.</param>
    /// <param name="value">The new value.</param>
    /// <param name="at">Index of the part to start at. Used by the recursion.</param>
    public static ConfigTable Set(ConfigTable table, IReadOnlyList<string> path, ConfigNode value, int at = 0)
    {
        string key = path[at];
        ConfigNode replaced = at == path.Count - 1 ? value : Set(table.Find(key) as ConfigTable ?? new ConfigTable([], value.Source), path, value, at + 1);
        List<ConfigEntry> entries = [.. table.Entries];
        int index = entries.FindIndex(entry => entry.Key == key);
        var changed = new ConfigEntry(key, replaced, value.Source);
        if (index < 0) entries.Add(changed);
        else entries[index] = changed;
        return table with { Entries = entries };
    }

    /// <summary>Returns the value at a dotted key; null if there is none.</summary>
    public static ConfigNode? Find(ConfigTable table, IEnumerable<string> path)
    {
        ConfigNode? node = table;
        foreach (string key in path) node = (node as ConfigTable)?.Find(key);
        return node;
    }

    /// <summary>Returns the tree without a key.</summary>
    public static ConfigTable Without(ConfigTable table, string key) => table with { Entries = [.. table.Entries.Where(entry => entry.Key != key)] };
}
