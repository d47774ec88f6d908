using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>What no single record can say: relations between the tables of an experiment.</summary>
internal static class ExperimentRules
{
    /// <summary>Reports every relation that does not hold, and every option without effect.</summary>
    /// <param name="tree">Checked against the schemas.</param>
    /// <param name="report">Takes errors and warnings.</param>
    public static void Check(ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        ConfigTable? pretrain = tree.Find("pretrain") as ConfigTable, finetune = tree.Find("finetune") as ConfigTable;
        if (pretrain is null && finetune is null) Error("HEM030", "the experiment has neither [pretrain] nor [finetune]: there is nothing to run", tree.Source);
        var starts = finetune?.Find("init") as ConfigArray;
        bool startsFromPretraining = finetune is not null && (starts is null || starts.Items.Any(IsPretrain));
        if (startsFromPretraining && pretrain is null)
            Error("HEM031", "[finetune] starts from \"pretrain\", but there is no [pretrain]; add it, or give init = [\"scratch\"] or the path of a checkpoint", (starts ?? (ConfigNode)finetune!).Source);
        if (tree.Find("evaluate") is { } evaluate && finetune is null)
            Warn("HEM040", "[evaluate] has no effect without [finetune]", evaluate.Source);
        if (pretrain is not null && finetune is not null && !startsFromPretraining)
            Warn("HEM041", "[pretrain] has no effect on [finetune]: init does not name \"pretrain\"", starts!.Source);
        foreach (ConfigTable? stage in (ConfigTable?[])[pretrain, finetune])
        {
            CheckSchedule(stage);
            CheckWindow((stage?.Find("data") as ConfigTable)?.Find("window"));
        }

        void CheckSchedule(ConfigTable? stage)
        {
            if ((stage?.Find("schedule") as ConfigTable)?.Find("warmup_steps") is ConfigScalar { Value: long warmup } node && stage.Find("steps") is ConfigScalar { Value: long steps } && warmup > steps)
                Warn("HEM042", FormattableString.Invariant($"warmup_steps ({warmup}) is more than steps ({steps}): the learning rate never reaches its peak"), node.Source);
        }

        void CheckWindow(ConfigNode? node)
        {
            if (node is not ConfigArray window) return;
            double[] ends = [.. window.Items.OfType<ConfigScalar>().Select(item => Convert.ToDouble(item.Value, System.Globalization.CultureInfo.InvariantCulture))];
            if (ends.Length != 2 || !(ends[0] < ends[1])) Error("HEM032", "'window' must be [low, high] with low < high, such as [-175, 250]", node.Source);
        }

        void Error(string id, string message, SourceSpan source) => report(new ConfigDiagnostic(id, true, message, source));
        void Warn(string id, string message, SourceSpan source) => report(new ConfigDiagnostic(id, false, message, source));
    }

    private static bool IsPretrain(ConfigNode node) => node is ConfigScalar { Value: "pretrain" };
}
