using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Expands a <c>[sweep]</c> into its combinations.</summary>
public static class SweepExpander
{
    /// <summary>Name of the table.</summary>
    public const string Table = "sweep";

    /// <summary>Message of HEM034.</summary>
    public const string NothingToVary = "there is no [sweep] with keys to vary; write [sweep] and \"pretrain.mask_ratio\" = [0.6, 0.75, 0.9]";

    /// <summary>Largest number of combinations of one file.</summary>
    public const int MostPoints = 2000;

    /// <summary>Reads the sweep of an experiment. Errors are reported, and the parts that have them are left out.</summary>
    /// <param name="tree">The experiment, including [sweep].</param>
    /// <param name="report">Receives each error.</param>
    public static Sweep Read(ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        Sweep sweep = new SweepReader(report).Read(tree);
        long points = sweep.Axes.Aggregate(1L, (count, axis) => Math.Min(count * axis.Choices.Count, int.MaxValue));
        if (points <= MostPoints) return sweep;
        report(new ConfigDiagnostic("HEM037", true, $"the [sweep] has more than {MostPoints} combinations; take values out, or make several files of it", tree.Find(Table)!.Source));
        return Sweep.None;
    }

    /// <summary>Returns every combination that is not excluded, without duplicates.</summary>
    /// <param name="tree">The experiment, without [sweep].</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="report">Receives a warning for each exclusion without effect, and an error if no combination is left.</param>
    public static IReadOnlyList<SweepPoint> Expand(ConfigTable tree, Sweep sweep, Action<ConfigDiagnostic> report)
    {
        IEnumerable<SweepPoint> points = [new SweepPoint("", tree)];
        foreach (SweepAxis axis in sweep.Axes)
        {
            points = points.SelectMany(point => axis.Choices.Select(choice => new SweepPoint(
                $"{(point.Label.Length > 0 ? point.Label + ", " : "")}{choice.Label}", Apply(point.Tree, axis, choice))));
        }
        List<SweepPoint> all = [.. points];
        foreach (ConfigTable exclusion in sweep.Exclusions)
        {
            if (all.RemoveAll(point => Says(point.Tree, exclusion)) == 0)
                report(new ConfigDiagnostic("HEM049", false, "this [[sweep.exclude]] excludes nothing: no combination says all of it", exclusion.Source));
        }
        if (all.Count == 0) report(new ConfigDiagnostic("HEM049", true, "[[sweep.exclude]] leaves no combination to run", sweep.Exclusions[sweep.Exclusions.Count - 1].Source));
        return [.. all.GroupBy(point => (point.Label, Place(point.Tree))).Select(same => same.First())];
    }

    // Labels do not mention the place of results in a table, so two combinations may have the same label.
    private static string Place(ConfigTable tree) => tree.Find("report") is ConfigTable report ? TomlText.Document(report) : "";

    private static ConfigTable Apply(ConfigTable tree, SweepAxis axis, SweepChoice choice)
    {
        if (choice.Over is { } over) return ConfigTree.Merge(tree, over) with { Source = tree.Source };
        for (int i = 0; i < axis.Keys.Count; i++) tree = ConfigTree.Set(tree, axis.Keys[i].Path, choice.Values[i]);
        return tree;
    }

    private static bool Says(ConfigTable tree, ConfigTable part) => part.Entries.All(entry =>
        ConfigTree.Find(tree, entry.Key.Split('.')) is { } said
        && (entry.Value is ConfigTable nested ? said is ConfigTable table && Says(table, nested) : TomlText.Value(said) == TomlText.Value(entry.Value)));
}
