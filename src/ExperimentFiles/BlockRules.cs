using System.Globalization;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks that decoders and heads name blocks that the encoder has, where the schemas state which keys name and count blocks.</summary>
internal static class BlockRules
{
    /// <summary>Reports every block beyond the encoder's depth.</summary>
    public static void Check(ConfigTable tree, CheckContext context)
    {
        if (tree.Find("encoder") is not ConfigTable encoder || context.Components.Find(Slot.Encoder, encoder.PluginName) is not { } known || known.Schema.Keys.FirstOrDefault(key => key.CountsBlocks) is not { } depth) return;
        if (Numbers(encoder, depth, context) is not [(long blocks, _)]) return;
        foreach ((string[] place, Slot slot) in FeatureRules.Readers)
        {
            if (ConfigTree.Find(tree, place) is not ConfigTable table || context.Components.Find(slot, table.PluginName) is not { } reader) continue;
            foreach (KeySchema key in reader.Schema.Keys.Where(key => key.NamesBlocks))
            {
                foreach ((long block, ConfigNode node) in Numbers(table, key, context).Where(one => one.Value < 0 || one.Value >= blocks))
                {
                    string message = string.Format(
                        CultureInfo.InvariantCulture, "'{0}' in [{1}] names block {2}, but the encoder has {3} blocks ('{4}' in [encoder]), counted from zero; allowed: 0 to {5}",
                        key.Name, string.Join(".", place), block, blocks, depth.Name, blocks - 1);
                    context.Report(new ConfigDiagnostic("HEM029", true, message, node.Source));
                }
            }
        }
    }

    // Values of another kind were reported elsewhere. A key that a part leaves out may be in the file that extends it.
    private static IReadOnlyList<(long Value, ConfigNode Node)> Numbers(ConfigTable table, KeySchema key, CheckContext context) => table.Find(key.Name) switch
    {
        ConfigScalar { Value: long number } scalar => [(number, scalar)],
        ConfigArray array => [.. array.Items.OfType<ConfigScalar>().Where(item => item.Value is long).Select(item => ((long)item.Value, (ConfigNode)item))],
        null when !context.IsPart && key.Default is { } text => [.. text.Trim('[', ']').Split(',')
            .Select(part => long.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : (long?)null)
            .OfType<long>().Select(number => (number, (ConfigNode)table))],
        _ => [],
    };
}
