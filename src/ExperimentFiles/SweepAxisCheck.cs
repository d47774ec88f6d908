using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks that a key of a sweep is a key of the experiment.</summary>
internal static class SweepAxisCheck
{
    /// <summary>Reports an unknown key, and a key that cannot change a result.</summary>
    /// <param name="axis">The key.</param>
    /// <param name="varies">Whether other keys vary together with it. A key such as report.column, which gives the place of results, is then allowed.</param>
    /// <param name="tree">The experiment.</param>
    /// <param name="schema">Schema of the experiment.</param>
    /// <param name="context">Receives errors.</param>
    /// <returns>Whether the key is valid.</returns>
    public static bool Check(SweepKey axis, bool varies, ConfigTable tree, SectionSchema schema, CheckContext context)
    {
        IReadOnlyList<KeySchema>? keys = KeysOf(schema.Keys, tree, context);
        ConfigTable? table = tree;
        bool ignored = false;
        for (int i = 0; i < axis.Path.Count; i++)
        {
            // Keys of a component that the tree does not name cannot be checked here. Each combination is checked later.
            if (keys is null) return true;
            string name = axis.Path[i];
            if (name is ConfigTable.PluginKey or ConfigTable.DatasetKey && i > 0 && i == axis.Path.Count - 1) return true;
            KeySchema? key = keys.FirstOrDefault(key => key.Name == name);
            bool leaf = i == axis.Path.Count - 1;
            bool isTable = key is { Kind: ValueKind.Section or ValueKind.Component, IsArray: false, IsDictionary: false };
            if (key is null || (!leaf && !isTable && !key.IsDictionary))
            {
                string prefix = string.Concat(axis.Path.Take(i).Select(part => part + "."));
                IEnumerable<string> there = key is not null ? [prefix + name] : keys.Where(key => !key.Inline).Select(key => prefix + key.Name);
                context.Report(new ConfigDiagnostic("HEM036", true,
                    $"'{NearestName.Shorten(axis.Name)}' in [sweep] names no key{NearestName.Suggest(string.Join(".", axis.Path.Take(i + 1)), there, listAll: true)}", axis.Source));
                return false;
            }
            ignored |= key.IgnoredByFingerprint;
            if (key.IsDictionary) break;
            table = table?.Find(name) as ConfigTable;
            keys = key.Kind switch
            {
                ValueKind.Section => KeysOf(key.Section!.Keys, table, context),
                ValueKind.Component => context.Components.Find(key.Slot!.Value, table?.PluginName)?.Schema.Keys,
                _ => [],
            };
        }
        if (ignored && !varies) context.Report(new ConfigDiagnostic("HEM045", false, $"'{NearestName.Shorten(axis.Name)}' in [sweep] cannot change a result: every value computes the same", axis.Source));
        return true;
    }

    private static IReadOnlyList<KeySchema>? KeysOf(IReadOnlyList<KeySchema> keys, ConfigTable? table, CheckContext context)
    {
        if (keys.FirstOrDefault(key => key.Inline) is not { } inline) return keys;
        return context.Components.Find(inline.Slot!.Value, table?.PluginName) is { } component ? [.. keys, .. component.Schema.Keys] : null;
    }
}
