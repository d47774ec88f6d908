using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Reads a <c>[sweep]</c>: dotted keys with lists of values (a grid), <c>[[sweep.list]]</c>, <c>[[sweep.zip]]</c>, <c>[sweep.random]</c> and <c>[[sweep.exclude]]</c>.</summary>
internal sealed class SweepReader(Action<ConfigDiagnostic> report)
{
    private const string List = "list", Zip = "zip", Random = "random", Exclude = "exclude";
    private readonly List<SweepAxis> axes = [];
    private readonly List<ConfigTable> exclusions = [];

    /// <summary>Reads the sweep of a tree. Errors are reported, and the parts that have them are left out.</summary>
    public Sweep Read(ConfigTable tree)
    {
        if (tree.Find(SweepExpander.Table) is not ConfigTable { Entries.Count: > 0 } sweep)
        {
            Report("HEM034", SweepExpander.NothingToVary, (tree.Find(SweepExpander.Table) ?? tree).Source);
            return Sweep.None;
        }
        foreach (ConfigEntry entry in sweep.Entries)
        {
            switch (entry.Key)
            {
                case List:
                    if (Tables(entry) is { } tables) axes.Add(SweepAxis.Of(tables));
                    break;
                case Zip:
                    foreach (ConfigTable group in Tables(entry) ?? []) ReadZip(group);
                    break;
                case Exclude:
                    exclusions.AddRange(Tables(entry) ?? []);
                    break;
                case Random when entry.Value is ConfigTable random:
                    if (new RandomSearch(report).Read(random) is { } sampled) axes.Add(sampled);
                    break;
                default:
                    foreach ((SweepKey key, ConfigArray values) in Lists(new ConfigTable([entry], sweep.Source), []))
                        axes.Add(SweepAxis.Of([key], Distinct(key, values).Select(value => (IReadOnlyList<ConfigNode>)[value])));
                    break;
            }
        }
        if (axes.Count == 0 && exclusions.Count > 0) Report("HEM034", SweepExpander.NothingToVary, sweep.Source);
        return new Sweep(axes, exclusions);
    }

    private void ReadZip(ConfigTable group)
    {
        (SweepKey Key, ConfigArray Values)[] lists = [.. Lists(group, [])];
        if (lists.Length == 0) return;
        (SweepKey Key, ConfigArray Values) first = lists[0];
        foreach ((SweepKey key, ConfigArray values) in lists.Skip(1))
        {
            if (values.Items.Count == first.Values.Items.Count) continue;
            Report("HEM047", $"'{NearestName.Shorten(key.Name)}' has {values.Items.Count} values and '{NearestName.Shorten(first.Key.Name)}' has {first.Values.Items.Count}; keys of one [[sweep.zip]] vary together and have as many values each", values.Source);
            return;
        }
        axes.Add(SweepAxis.Of([.. lists.Select(list => list.Key)], Enumerable.Range(0, first.Values.Items.Count).Select(i => (IReadOnlyList<ConfigNode>)[.. lists.Select(list => list.Values.Items[i])])));
    }

    // [sweep] "a.b" = [..] and [sweep.a] b = [..] mean the same.
    private IEnumerable<(SweepKey Key, ConfigArray Values)> Lists(ConfigTable table, string[] prefix)
    {
        foreach (ConfigEntry entry in table.Entries)
        {
            string[] path = [.. prefix, .. entry.Key.Split('.')];
            if (entry.Value is ConfigTable nested)
            {
                foreach ((SweepKey, ConfigArray) found in Lists(nested, path)) yield return found;
            }
            else if (entry.Value is ConfigArray { Items.Count: > 0 } values) yield return (new SweepKey(path, entry.KeySource), values);
            else Report("HEM035", $"'{NearestName.Shorten(string.Join(".", path))}' in [sweep] must be a list of values, not empty", entry.Value.Source);
        }
    }

    private IReadOnlyList<ConfigTable>? Tables(ConfigEntry entry)
    {
        if (entry.Value is not ConfigArray { Items.Count: > 0 } list)
        {
            Report("HEM035", $"'{entry.Key}' in [sweep] must be a list of tables, not empty: [[sweep.{entry.Key}]]", entry.Value.Source);
            return null;
        }
        if (list.Items.FirstOrDefault(item => item is not ConfigTable) is { } other)
        {
            Report("HEM035", $"'{entry.Key}' in [sweep] holds {KeyWording.Describe(other)}; it must hold tables: [[sweep.{entry.Key}]]", other.Source);
            return null;
        }
        return [.. list.Items.Cast<ConfigTable>()];
    }

    private IEnumerable<ConfigNode> Distinct(SweepKey key, ConfigArray values)
    {
        string[] texts = [.. values.Items.Select(TomlText.Value)];
        for (int i = 0; i < texts.Length; i++)
        {
            if (Array.IndexOf(texts, texts[i]) == i) yield return values.Items[i];
            else report(new ConfigDiagnostic("HEM044", false, $"'{NearestName.Shorten(key.Name)}' in [sweep] says {NearestName.Shorten(texts[i])} twice: the second has no effect", values.Items[i].Source));
        }
    }

    private void Report(string id, string message, SourceSpan source) => report(new ConfigDiagnostic(id, true, message, source));
}
