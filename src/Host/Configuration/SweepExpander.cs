using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>The grid of a <c>[sweep]</c>: dotted keys with lists of values, every combination, the last key fastest.</summary>
internal static class SweepExpander
{
    /// <summary>Name of the table.</summary>
    public const string Table = "sweep";

    /// <summary>One combination.</summary>
    /// <param name="Label">Such as "pretrain.mask_ratio=0.9".</param>
    /// <param name="Tree">The experiment without [sweep], values set.</param>
    public sealed record Point(string Label, ConfigTable Tree);

    /// <summary>Every combination; empty where the table is wrong, which has been reported.</summary>
    public static IReadOnlyList<Point> Expand(ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        if (tree.Find(Table) is not ConfigTable { Entries.Count: > 0 } sweep)
        {
            report(new ConfigDiagnostic("HEM034", true, "there is no [sweep] with keys to vary; write [sweep] and \"pretrain.mask_ratio\" = [0.6, 0.75, 0.9]", tree.Source));
            return [];
        }
        (string Key, ConfigArray Values)[] axes = [.. Axes(sweep, "", report)];
        if (axes.Any(axis => axis.Values.Items.Count == 0)) return [];
        IEnumerable<Point> points = [new Point("", ConfigTree.Without(tree, Table))];
        foreach ((string key, ConfigArray values) in axes)
        {
            points = points.SelectMany(point => values.Items.Select(value => new Point(
                $"{(point.Label.Length > 0 ? point.Label + ", " : "")}{key}={TomlText.Value(value)}",
                ConfigTree.Set(point.Tree, key.Split('.'), value))));
        }
        return [.. points];
    }

    // [sweep] "a.b" = [..] and [sweep.a] b = [..] say the same.
    private static IEnumerable<(string Key, ConfigArray Values)> Axes(ConfigTable table, string prefix, Action<ConfigDiagnostic> report)
    {
        foreach (ConfigEntry entry in table.Entries)
        {
            string key = prefix + entry.Key;
            if (entry.Value is ConfigTable nested)
            {
                foreach ((string, ConfigArray) axis in Axes(nested, key + ".", report)) yield return axis;
            }
            else if (entry.Value is ConfigArray { Items.Count: > 0 } values)
            {
                yield return (key, values);
            }
            else
            {
                report(new ConfigDiagnostic("HEM035", true, $"'{key}' in [sweep] must be a list of values, not empty", entry.Value.Source));
                yield return (key, new ConfigArray([], entry.Value.Source));
            }
        }
    }
}
