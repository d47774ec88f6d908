using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks relations between the keys that choose the cases of a stage.</summary>
internal static class DataRules
{
    /// <summary>Reports two keys that would be applied one after the other, because that is never intended.</summary>
    public static void Check(ConfigTable? finetune, CheckContext context)
    {
        if ((finetune?.Find("data") as ConfigTable)?.Find("resize") is { } resize)
            context.Report(new ConfigDiagnostic("HEM052", true, "'resize' in [finetune.data] is not allowed, because segmentations must fit the scans; use 'spacing_mm'. [pretrain.data] may have it", resize.Source));
        if (finetune?.Find("num_cases") is not ConfigScalar { Value: long and > 0 } node || (finetune.Find("data") as ConfigTable)?.Find("subset") is not ConfigTable subset || !Chooses(subset)) return;
        context.Report(new ConfigDiagnostic(
            "HEM050", true, "'num_cases' in [finetune] and [finetune.data.subset] both choose the cases; give only one of them ('num_cases' takes the first ones)", node.Source));
    }

    // A resolved file contains every key, so it may have the table of a subset that selects nothing.
    private static bool Chooses(ConfigTable subset) =>
        subset.Find("count") is not null || subset.Find("fraction") is not null || subset.Find("cases") is ConfigArray { Items.Count: > 0 };
}
