using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>The grid of a <c>[sweep]</c>: dotted keys with lists of values, every combination, the last key fastest; and its explicit list,
/// <c>[[sweep.list]]</c>, each a part of an experiment, merged over it.</summary>
public static class SweepExpander
{
    /// <summary>Name of the table.</summary>
    public const string Table = "sweep";

    /// <summary>Message of HEM034.</summary>
    public const string NothingToVary = "there is no [sweep] with keys to vary; write [sweep] and \"pretrain.mask_ratio\" = [0.6, 0.75, 0.9]";

    /// <summary>Name of the explicit list.</summary>
    public const string List = "list";

    /// <summary>Combinations that one file may have.</summary>
    public const int MostPoints = 2000;

    /// <summary>The axes of a sweep; wrong ones have been reported and are left out.</summary>
    /// <param name="tree">The experiment with its [sweep].</param>
    /// <param name="report">Takes each error.</param>
    public static IReadOnlyList<SweepAxis> Axes(ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        var axes = new List<SweepAxis>();
        if (tree.Find(Table) is ConfigTable { Entries.Count: > 0 } sweep) Collect(sweep, [], axes, report);
        else report(new ConfigDiagnostic("HEM034", true, NothingToVary, (tree.Find(Table) ?? tree).Source));
        long points = axes.Aggregate(1L, (count, axis) => Math.Min(count * axis.Values.Items.Count, int.MaxValue));
        if (points <= MostPoints) return axes;
        report(new ConfigDiagnostic("HEM037", true, $"the [sweep] has more than {MostPoints} combinations; take values out, or make several files of it", tree.Find(Table)!.Source));
        return [];
    }

    /// <summary>Every combination.</summary>
    public static IReadOnlyList<SweepPoint> Expand(ConfigTable tree, IReadOnlyList<SweepAxis> axes)
    {
        IEnumerable<SweepPoint> points = [new SweepPoint("", ConfigTree.Without(tree, Table))];
        foreach (SweepAxis axis in axes)
        {
            points = points.SelectMany(point => axis.Values.Items.Select(value => new SweepPoint(
                $"{(point.Label.Length > 0 ? point.Label + ", " : "")}{Label(axis, value)}",
                axis.IsList ? ConfigTree.Merge(point.Tree, (ConfigTable)value) with { Source = point.Tree.Source } : ConfigTree.Set(point.Tree, axis.Path, value))));
        }
        return [.. points];
    }

    private static string Label(SweepAxis axis, ConfigNode value) => axis.IsList
        ? string.Join(", ", TomlText.Flatten((ConfigTable)value).Select(pair => $"{pair.Key}={pair.Value}"))
        : $"{axis.Key}={TomlText.Value(value)}";

    // [sweep] "a.b" = [..] and [sweep.a] b = [..] say the same.
    private static void Collect(ConfigTable table, string[] prefix, List<SweepAxis> axes, Action<ConfigDiagnostic> report)
    {
        foreach (ConfigEntry entry in table.Entries)
        {
            string[] path = prefix.Length == 0 && entry.Key == List ? [] : [.. prefix, .. entry.Key.Split('.')];
            if (path.Length == 0 && entry.Value is not ConfigArray { Items.Count: > 0 })
            {
                report(new ConfigDiagnostic("HEM035", true, "'list' in [sweep] must be a list of tables, not empty: [[sweep.list]]", entry.Value.Source));
                continue;
            }
            if (path.Length == 0 && ((ConfigArray)entry.Value).Items.FirstOrDefault(item => item is not ConfigTable) is { } other)
            {
                report(new ConfigDiagnostic("HEM035", true, $"'list' in [sweep] holds {KeyWording.Describe(other)}; it must hold tables: [[sweep.list]]", other.Source));
                continue;
            }
            if (entry.Value is ConfigTable nested)
            {
                Collect(nested, path, axes, report);
                continue;
            }
            if (entry.Value is not ConfigArray { Items.Count: > 0 } values)
            {
                report(new ConfigDiagnostic("HEM035", true, $"'{NearestName.Shorten(string.Join(".", path))}' in [sweep] must be a list of values, not empty", entry.Value.Source));
                continue;
            }
            string[] texts = [.. values.Items.Select(TomlText.Value)];
            for (int i = 0; i < texts.Length; i++)
            {
                if (Array.IndexOf(texts, texts[i]) < i)
                    report(new ConfigDiagnostic("HEM044", false, $"'{NearestName.Shorten(string.Join(".", path))}' in [sweep] says {NearestName.Shorten(texts[i])} twice: the second has no effect", values.Items[i].Source));
            }
            ConfigNode[] distinct = [.. values.Items.Where((_, i) => Array.IndexOf(texts, texts[i]) == i)];
            axes.Add(new SweepAxis(path, values with { Items = distinct }, entry.KeySource));
        }
    }
}
