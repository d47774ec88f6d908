using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary><c>[datasets.NAME]</c>: a dataset said once and named by <c>dataset = "NAME"</c> in [pretrain.data] and [finetune.data].</summary>
public static class NamedDatasets
{
    /// <summary>Name of the table.</summary>
    public const string Table = "datasets";

    /// <summary>The key that names one.</summary>
    public const string Key = ConfigTable.DatasetKey;

    private static readonly string[][] Places = [["pretrain", "data"], ["finetune", "data"]];

    /// <summary>The tree with every name replaced by what it names; keys beside the name override. A name that names nothing stays.</summary>
    /// <param name="tree">The experiment.</param>
    /// <param name="context">Where errors go.</param>
    public static ConfigTable Expand(ConfigTable tree, CheckContext context)
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
            if (ConfigTree.Find(tree, place) is not ConfigTable data || data.Find(Key) is not { } node) continue;
            string[] names = [.. named?.Entries.Select(entry => entry.Key) ?? []];
            if (node is ConfigScalar { Value: string name } && named?.Find(name) is { } dataset)
            {
                if (dataset is ConfigTable found) tree = ConfigTree.Set(tree, place, ConfigTree.Merge(found, ConfigTree.Without(data, Key)) with { Source = data.Source });
                continue;
            }
            if (context.IsPart) continue;
            string word = (node as ConfigScalar)?.Value as string ?? "";
            Error("HEM022", $"'dataset' in [{string.Join(".", place)}] names no [datasets.NAME] table; there are: {(names.Length > 0 ? string.Join(", ", names) : "none")}{NearestName.Suggest(word, names)}", node);
        }
        return ConfigTree.Without(tree, Table);

        void Error(string id, string message, ConfigNode node) => context.Report(new ConfigDiagnostic(id, true, message, node.Source));
    }

    /// <summary>The names that an experiment's stages say, as nodes.</summary>
    public static IEnumerable<ConfigNode> Named(ConfigTable tree) => Places.Select(place => ConfigTree.Find(tree, [.. place, Key])).OfType<ConfigNode>();

    /// <summary>Checks the tables that no stage of this experiment names: they are to be right for those that will.</summary>
    /// <param name="tree">The experiment before <see cref="Expand"/>.</param>
    /// <param name="file">Its own file; tables of files that it extends are libraries, which may hold more than is used.</param>
    /// <param name="schema">What a stage's data is.</param>
    /// <param name="alsoNamed">Names that the values of a sweep use.</param>
    /// <param name="context">Components, and where errors go.</param>
    public static void CheckUnused(ConfigTable tree, string file, SectionSchema schema, IEnumerable<string> alsoNamed, CheckContext context)
    {
        if (tree.Find(Table) is not ConfigTable named) return;
        HashSet<string> used = [.. alsoNamed];
        foreach (string name in Named(tree).OfType<ConfigScalar>().Select(node => node.Value).OfType<string>()) used.Add(name);
        foreach (ConfigEntry entry in named.Entries)
        {
            if (entry.Value is not ConfigTable table || used.Contains(entry.Key)) continue;
            ConfigChecker.Check(table, schema, ConfigChecker.Nested("[datasets]", entry.Key), context with { IsPart = true });
            if (!context.IsPart && table.Source.File == file)
                context.Report(new ConfigDiagnostic("HEM043", false, $"[datasets.{NearestName.Shorten(entry.Key)}] has no effect: no 'dataset' names it", table.Source));
        }
    }
}
