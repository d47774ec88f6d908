using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Finds a <c>mask_ratio</c> that no pretext task of the file uses.</summary>
internal static class MaskRules
{
    private const string Key = "mask_ratio";

    /// <summary>Reports each value of <c>mask_ratio</c> that has an effect in no combination.</summary>
    /// <param name="trees">The combinations of a sweep, or the one experiment.</param>
    /// <param name="schema">Schema of an experiment.</param>
    /// <param name="context">Known components, and the receiver of errors.</param>
    public static void Check(IReadOnlyList<ConfigTable> trees, SectionSchema schema, CheckContext context)
    {
        var used = new HashSet<SourceSpan>();
        var unused = new Dictionary<SourceSpan, string>();
        foreach (ConfigTable tree in trees)
        {
            if (tree.Find("pretrain") is not ConfigTable pretrain || pretrain.Find(Key) is not { } ratio) continue;
            if (pretrain.Find("decoder") is ConfigTable task && context.Components.Find(Slot.Decoder, task.PluginName) is { Schema.WithoutMask: true } found
                && !IsComplete(pretrain, schema) && !IsInherited(ratio, task.Find(ConfigTable.PluginKey)!, tree)) unused[ratio.Source] = found.Name;
            else used.Add(ratio.Source);
        }
        foreach (KeyValuePair<SourceSpan, string> one in unused.Where(one => !used.Contains(one.Key)))
        {
            string[] others = [.. context.Components.Where(other => other.Slot == Slot.Decoder && !other.Schema.WithoutMask).Select(other => other.Name).OrderBy(name => name, StringComparer.Ordinal)];
            context.Report(new ConfigDiagnostic("HEM028", true, $"'{Key}' in [pretrain] has no effect, because '{one.Value}' hides nothing; remove it{(others.Length > 0 ? $", or use a task that hides something: {string.Join(", ", others)}" : "")}", one.Key));
        }
    }

    // The program writes every key into the files of runs and jobs, whether it has an effect or not.
    private static bool IsComplete(ConfigTable pretrain, SectionSchema schema) =>
        schema.Find("pretrain")?.Section?.Keys.All(key => key.IsOptional || pretrain.Find(key.Name) is not null) == true;

    // A file that chooses another task than the file it extends cannot remove the inherited key.
    private static bool IsInherited(ConfigNode ratio, ConfigNode choice, ConfigTable tree) =>
        ratio.Source.File != tree.Source.File && ratio.Source.File != choice.Source.File && ratio.Source.File != ExperimentSource.CommandLine;
}
