using System.Globalization;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks relations between the tables of an experiment, which no single record can check, and finds options without effect.</summary>
internal static class ExperimentRules
{
    /// <summary>Reports every violated relation, and every option without effect.</summary>
    /// <param name="tree">The experiment.</param>
    /// <param name="schema">Schema of an experiment.</param>
    /// <param name="context">Receives errors and warnings.</param>
    public static void Check(ConfigTable tree, SectionSchema schema, CheckContext context)
    {
        ConfigTable? pretrain = tree.Find("pretrain") as ConfigTable, finetune = tree.Find("finetune") as ConfigTable;
        foreach (ConfigTable? stage in (ConfigTable?[])[pretrain, finetune])
        {
            CheckWindow((stage?.Find("data") as ConfigTable)?.Find("window"));
        }
        TrackingRules.Check(tree, context);
        foreach ((string name, ConfigTable? stage) in (ReadOnlySpan<(string, ConfigTable?)>)[("pretrain", pretrain), ("finetune", finetune)])
        {
            if (schema.Find(name)?.Section is { } keys) TrainingRules.Check(name, stage, keys, context);
        }
        if (tree.Find("precision") is ConfigScalar { Value: "auto" } precision && tree.Find("deterministic") is ConfigScalar { Value: true })
            Report("HEM076", true, "precision = \"auto\" chooses by time, so a repeated run may compute in another precision than this one; deterministic = true needs a precision that is written out", precision.Source);
        DataRules.Check(finetune, context);
        ReportRules.Check(tree, context);
        // A key that is missing in a part may be in the file that extends it.
        if (context.IsPart) return;
        if (pretrain is null && finetune is null) Report("HEM030", true, "the experiment has neither [pretrain] nor [finetune]: there is nothing to run", tree.Source);
        var starts = finetune?.Find("init") as ConfigArray;
        bool startsFromPretraining = finetune is not null && (starts is null || starts.Items.Any(IsPretrain));
        if (startsFromPretraining && pretrain is null)
            Report("HEM031", true, "[finetune] starts from \"pretrain\", but there is no [pretrain]; add it, or give init = [\"scratch\"] or the path of a checkpoint", (starts ?? (ConfigNode)finetune!).Source);
        if (tree.Find("evaluate") is { } evaluate && finetune is null)
            Report("HEM040", false, "[evaluate] has no effect without [finetune]", evaluate.Source);
        if (pretrain is not null && starts is { Items.Count: > 0 } && starts.Items.All(item => item is ConfigScalar { Value: string }) && !startsFromPretraining)
            Report("HEM041", false, "[pretrain] has no effect on [finetune]: init does not name \"pretrain\"", starts.Source);

        void CheckWindow(ConfigNode? node)
        {
            if (node is not ConfigArray window || !window.Items.All(item => item is ConfigScalar { Value: long or double })) return;
            double[] ends = [.. window.Items.OfType<ConfigScalar>().Select(item => Convert.ToDouble(item.Value, CultureInfo.InvariantCulture))];
            if (!ends.Any(double.IsNaN) && (ends.Length != 2 || ends[0] >= ends[1])) Report("HEM032", true, "'window' must be [low, high] with low < high, such as [-175, 250]", node.Source);
        }

        void Report(string id, bool isError, string message, SourceSpan source) => context.Report(new ConfigDiagnostic(id, isError, message, source));
    }

    private static bool IsPretrain(ConfigNode node) => node is ConfigScalar { Value: "pretrain" };
}
