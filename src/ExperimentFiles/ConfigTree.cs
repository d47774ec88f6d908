using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Merges config trees from several files and from the command line.</summary>
public static class ConfigTree
{
    private static readonly string[] Choices = [ConfigTable.PluginKey, ConfigTable.DatasetKey];

    /// <summary>
    /// Deep merge: tables are merged key by key, any other value of <paramref name="over"/> replaces the one below. If <paramref name="over"/> chooses
    /// another component, by <c>plugin</c> or <c>dataset</c>, the keys of the one below are dropped and listed in <see cref="ConfigTable.Replaced"/>.
    /// </summary>
    public static ConfigTable Merge(ConfigTable under, ConfigTable over)
    {
        List<ConfigEntry> entries = [.. under.Entries];
        List<ReplacedChoice> replaced = [.. under.Replaced, .. over.Replaced];
        if (Choice(under) is { } old && Choice(over) is { } choice && IsAnother(old, choice))
        {
            replaced.Add(new ReplacedChoice($"{old.Key} = {TomlText.Value(old.Value)}", choice.Value, [.. entries.Where(entry => !Choices.Contains(entry.Key))]));
            entries.Clear();
        }
        foreach (ConfigEntry entry in over.Entries)
        {
            int at = entries.FindIndex(existing => existing.Key == entry.Key);
            if (at < 0) entries.Add(entry);
            else if (entries[at].Value is ConfigTable below && entry.Value is ConfigTable above) entries[at] = entry with { Value = Merge(below, above) };
            else entries[at] = entry;
        }
        return new ConfigTable(entries, over.Source) { Replaced = replaced };
    }

    private static ConfigEntry? Choice(ConfigTable table) => Choices.Select(table.FindEntry).FirstOrDefault(entry => entry?.Value is ConfigScalar { Value: string });

    // Two named datasets are often of one layout: keys beside 'dataset' stay when another name replaces it.
    private static bool IsAnother(ConfigEntry old, ConfigEntry choice) =>
        old.Key != choice.Key || (old.Key == ConfigTable.PluginKey && !Equals(((ConfigScalar)old.Value).Value, ((ConfigScalar)choice.Value).Value));

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
        // 'dataset' in place of 'plugin', or the reverse, replaces the component, as in a file that extends another one.
        if (at == path.Count - 1 && Choices.Contains(key) && table.Find(key) is null && Choice(table) is not null) return Merge(table, new ConfigTable([changed], table.Source));
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
