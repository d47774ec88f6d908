using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks that the decoder and the head can read the features that the encoder returns, where all of them state it.</summary>
internal static class FeatureRules
{
    /// <summary>Tables whose component reads the encoder.</summary>
    internal static readonly (string[] Place, Slot Slot)[] Readers = [(["pretrain", "decoder"], Slot.Decoder), (["finetune", "head"], Slot.Head)];

    /// <summary>Reports every decoder and head that cannot read the encoder.</summary>
    public static void Check(ConfigTable tree, CheckContext context)
    {
        if ((tree.Find("encoder") as ConfigTable)?.PluginName is not { } encoderName || context.Components.Find(Slot.Encoder, encoderName) is not { Schema.Features: { Count: > 0 } given }) return;
        foreach ((string[] place, Slot slot) in Readers)
        {
            if (ConfigTree.Find(tree, place) is not ConfigTable table || context.Components.Find(slot, table.PluginName) is not { Schema.Features: { Count: > 0 } read } reader || read.Intersect(given).Any()) continue;
            string[] others = [.. context.Components.Where(one => one.Slot == slot && one.Schema.Features.Intersect(given).Any()).Select(one => one.Name).OrderBy(name => name, StringComparer.Ordinal)];
            string fitting = others.Length > 0 ? $"; {slot.ToString().ToLowerInvariant()}s that read {Words(given)}: {string.Join(", ", others)}" : "";
            context.Report(new ConfigDiagnostic("HEM027", true, $"'{reader.Name}' in [{string.Join(".", place)}] reads {Words(read)}, but the encoder '{encoderName}' returns {Words(given)}{fitting}", table.Find(ConfigTable.PluginKey)!.Source));
        }
    }

    private static string Words(IReadOnlyList<string> features) => string.Join(" or ", features.Select(feature => feature switch
    {
        "Tokens" => "patch tokens",
        "Pyramid" => "a feature pyramid",
        _ => feature,
    }));
}
