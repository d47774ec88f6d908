using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Relations between keys that choose the cases of a stage.</summary>
internal static class DataRules
{
    /// <summary>Reports two keys that would be applied one after the other, which nobody means.</summary>
    public static void Check(ConfigTable? finetune, CheckContext context)
    {
        if (finetune?.Find("num_cases") is not ConfigScalar { Value: long and > 0 } node || (finetune.Find("data") as ConfigTable)?.Find("subset") is not ConfigTable { Entries.Count: > 0 }) return;
        context.Report(new ConfigDiagnostic(
            "HEM050", true, "'num_cases' in [finetune] and [finetune.data.subset] both choose the cases; say one of them ('num_cases' takes the first ones)", node.Source));
    }
}
