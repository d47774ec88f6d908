using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Resolves <c>[datasets.NAME]</c>: a dataset that is described once and used as <c>dataset = "NAME"</c> in [pretrain.data] and [finetune.data].</summary>
public static class NamedDatasets
{
    /// <summary>Name of the table.</summary>
    public const string Table = "datasets";

    /// <summary>Key that refers to a named dataset.</summary>
    public const string Key = ConfigTable.DatasetKey;

    /// <summary>Key of a dataset that consists of others: a list of tables, each of which may refer to a named dataset.</summary>
    public const string Parts = "parts";

    private static readonly string[][] Places = [["pretrain", "data"], ["finetune", "data"]];

    /// <summary>Replaces every name by the table it refers to. Keys beside the name override those of the table. Unknown names are kept.</summary>
    /// <param name="tree">The experiment.</param>
    /// <param name="data">Schema of a stage's data. Keys of a named table that belong to the stage and not to its dataset are not copied into parts of a mixture.</param>
    /// <param name="context">Receives errors.</param>
    public static ConfigTable Expand(ConfigTable tree, SectionSchema? data, CheckContext context)
    {
        ConfigNode? tables = tree.Find(Table);
        if (tables is not null and not ConfigTable)
            Error("HEM011", $"'datasets' in the experiment is {KeyWording.Describe(tables)}; it must be tables [datasets.NAME]", tables);
        var named = tables as ConfigTable;
        foreach (ConfigEntry entry in named?.Entries ?? [])
        {
            if (entry.Value is not ConfigTable) Error("HEM011", $"'{NearestName.Shorten(entry.Key)}' in [datasets] is {KeyWording.Describe(entry.Value)}; it must be a table", entry.Value);
        }
        foreach (string[] place in Places)
        {
            string title = string.Join(".", place);
            if (ConfigTree.Find(tree, place) is not ConfigTable table) continue;
            ConfigTable whole = Replace(table, title, found => found);
            if (whole.Find(Parts) is ConfigArray parts)
            {
                ConfigNode[] items = [.. parts.Items.Select(item => item is ConfigTable part ? Replace(part, $"{title}.{Parts}", OwnKeys) : item)];
                whole = ConfigTree.Set(whole, [Parts], parts with { Items = items });
            }
            if (!ReferenceEquals(whole, table)) tree = ConfigTree.Set(tree, place, whole);
        }
        return ConfigTree.Without(tree, Table);

        ConfigTable Replace(ConfigTable table, string title, Func<ConfigTable, ConfigTable> take)
        {
            if (table.Find(Key) is not { } node) return table;
            if (node is ConfigScalar { Value: string } && table.Find(ConfigTable.PluginKey) is { } plugin)
            {
                Error("HEM026", $"'plugin' ({Shown(plugin)}) and 'dataset' ({Shown(node)}) in [{title}] both choose the dataset; keep one of them", plugin);
                return table;
            }
            if (node is ConfigScalar { Value: string name } && named?.Find(name) is { } dataset)
                return dataset is ConfigTable found ? ConfigTree.Merge(take(found), ConfigTree.Without(table, Key)) with { Source = table.Source } : table;
            if (context.IsPart) return table;
            string[] names = [.. named?.Entries.Select(entry => entry.Key) ?? []];
            string word = (node as ConfigScalar)?.Value as string ?? "";
            Error("HEM022", $"'dataset' in [{title}] names no [datasets.NAME] table; there are: {(names.Length > 0 ? string.Join(", ", names) : "none")}{NearestName.Suggest(word, names)}", node);
            return table;
        }

        // Spacing, crops and similar keys belong to the stage and are the same for all parts.
        ConfigTable OwnKeys(ConfigTable found) => found with { Entries = [.. found.Entries.Where(entry => data?.Keys.Any(key => !key.Inline && key.Name == entry.Key) != true)] };

        static string Shown(ConfigNode node) => NearestName.Shorten(TomlText.Value(node));

        void Error(string id, string message, ConfigNode node) => context.Report(new ConfigDiagnostic(id, true, message, node.Source));
    }

    /// <summary>Returns the names that the stages of an experiment use, as nodes.</summary>
    public static IEnumerable<ConfigNode> Named(ConfigTable tree) => Places.Select(place => ConfigTree.Find(tree, place)).OfType<ConfigTable>()
        .SelectMany(data => ((data.Find(Parts) as ConfigArray)?.Items ?? []).OfType<ConfigTable>().Append(data))
        .Select(table => table.Find(Key)).OfType<ConfigNode>();

    /// <summary>Checks the tables that no stage of this experiment uses, so that other experiments can rely on them.</summary>
    /// <param name="tree">The experiment before <see cref="Expand"/>.</param>
    /// <param name="file">The file of the experiment. Tables of files that it extends are not checked, because a library may contain more than is used.</param>
    /// <param name="schema">Schema of a stage's data.</param>
    /// <param name="alsoNamed">Names used by values of the sweep.</param>
    /// <param name="context">Provides the components and receives errors.</param>
    public static void CheckUnused(ConfigTable tree, string file, SectionSchema schema, IEnumerable<string> alsoNamed, CheckContext context)
    {
        if (tree.Find(Table) is not ConfigTable named) return;
        HashSet<string> used = [.. alsoNamed];
        foreach (string name in Named(tree).OfType<ConfigScalar>().Select(node => node.Value).OfType<string>()) used.Add(name);
        // The datasets that a mixture consists of are used, too.
        foreach (ConfigTable mixture in used.ToArray().Select(named.Find).OfType<ConfigTable>())
        {
            foreach (ConfigTable part in ((mixture.Find(Parts) as ConfigArray)?.Items ?? []).OfType<ConfigTable>())
            {
                if (part.Find(Key) is ConfigScalar { Value: string name }) used.Add(name);
            }
        }
        foreach (ConfigEntry entry in named.Entries)
        {
            if (entry.Value is not ConfigTable table || used.Contains(entry.Key)) continue;
            ConfigChecker.Check(table, schema, ConfigChecker.Nested("[datasets]", entry.Key), context with { IsPart = true });
            if (!context.IsPart && table.Source.File == file)
                context.Report(new ConfigDiagnostic("HEM043", false, $"[datasets.{NearestName.Shorten(entry.Key)}] has no effect: no 'dataset' names it", table.Source));
        }
    }
}
