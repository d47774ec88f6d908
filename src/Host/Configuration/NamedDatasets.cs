using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary><c>[datasets.NAME]</c>: a dataset said once and named by <c>dataset = "NAME"</c> in [pretrain.data] and [finetune.data].</summary>
internal static class NamedDatasets
{
    private const string Table = "datasets", Key = "dataset";

    /// <summary>The tree with every name replaced by what it names; keys beside the name override.</summary>
    public static ConfigTable Expand(ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        var named = tree.Find(Table) as ConfigTable;
        foreach (string stage in (string[])["pretrain", "finetune"])
        {
            if ((tree.Find(stage) as ConfigTable)?.Find("data") is not ConfigTable data || data.Find(Key) is not { } node) continue;
            string[] names = [.. named?.Entries.Select(entry => entry.Key) ?? []];
            if (node is ConfigScalar { Value: string name } && named?.Find(name) is ConfigTable dataset)
            {
                tree = ConfigTree.Set(tree, [stage, "data"], ConfigTree.Merge(dataset, ConfigTree.Without(data, Key)));
                continue;
            }
            string word = (node as ConfigScalar)?.Value as string ?? "";
            report(new ConfigDiagnostic("HEM022", true,
                $"'dataset' in [{stage}.data] names no [datasets.NAME] table; there are: {(names.Length > 0 ? string.Join(", ", names) : "none")}{NearestName.Suggest(word, names)}", node.Source));
        }
        return ConfigTree.Without(tree, Table);
    }
}
