using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>Trees put together from several files and from the command line.</summary>
internal static class ConfigTree
{
    /// <summary>Deep merge: tables are merged key by key, any other value of <paramref name="over"/> replaces the one below.</summary>
    public static ConfigTable Merge(ConfigTable under, ConfigTable over)
    {
        List<ConfigEntry> entries = [.. under.Entries];
        // Another component has other keys: those said for the one it replaces do not carry over.
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

    /// <summary>The tree with the value at a dotted key replaced; tables on the way are made.</summary>
    public static ConfigTable Set(ConfigTable table, ReadOnlySpan<string> path, ConfigNode value)
    {
        string key = path[0];
        ConfigNode replaced = path.Length == 1 ? value : Set(table.Find(key) as ConfigTable ?? new ConfigTable([], value.Source), path[1..], value);
        List<ConfigEntry> entries = [.. table.Entries];
        int at = entries.FindIndex(entry => entry.Key == key);
        var changed = new ConfigEntry(key, replaced, value.Source);
        if (at < 0) entries.Add(changed);
        else entries[at] = changed;
        return table with { Entries = entries };
    }

    /// <summary>The tree without a key.</summary>
    public static ConfigTable Without(ConfigTable table, string key) => table with { Entries = [.. table.Entries.Where(entry => entry.Key != key)] };
}
