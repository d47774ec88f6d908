using System.Linq;
using System.Text.RegularExpressions;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks <c>[tracking]</c>: the address, names of tags, and keys without effect.</summary>
internal static class TrackingRules
{
    private static readonly string[] Reserved = ["mlflow.", "hiendmae."];
    private static readonly Regex Server = new("^https?://[^/?#\\s]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    private static readonly Regex Credentials = new("^[a-z]+://[^/?#\\s]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Reports errors in the table.</summary>
    public static void Check(ConfigTable tree, CheckContext context)
    {
        if (tree.Find("tracking") is not ConfigTable tracking) return;
        if (tracking.Find("uri") is ConfigScalar { Value: string address } uri && address.Trim().Length > 0) CheckAddress(address.Trim(), uri.Source, context);
        foreach (string key in (string[])["tags", "experiment_tags"]) CheckTags(key, tracking.Find(key) as ConfigTable, context);
        if (!context.IsPart && tracking.Find("register") is ConfigScalar { Value: string { Length: > 0 } } register)
        {
            if (tree.Find("finetune") is null)
                context.Report(new ConfigDiagnostic("HEM084", false, "'register' in [tracking] has no effect without [finetune]: no model is made", register.Source));
            else if (tracking.Find("model") is ConfigScalar { Value: false })
                context.Report(new ConfigDiagnostic("HEM084", false, "'register' in [tracking] has no effect with model = false: no model is logged", register.Source));
        }
        if (tracking.Find("enabled") is ConfigScalar { Value: false })
        {
            foreach (ConfigEntry entry in tracking.Entries.Where(entry => entry.Key is not ("enabled" or "predictions")))
                context.Report(new ConfigDiagnostic("HEM084", false, $"'{entry.Key}' in [tracking] has no effect with enabled = false", entry.KeySource));
        }
        if (!context.IsPart && tracking.Find("predictions") is ConfigScalar { Value: true } predictions && tree.Find("finetune") is null)
            context.Report(new ConfigDiagnostic("HEM082", false, "'predictions' in [tracking] has no effect without [finetune]: nothing is segmented", predictions.Source));
    }

    private static void CheckTags(string table, ConfigTable? tags, CheckContext context)
    {
        foreach (ConfigEntry entry in tags?.Entries ?? [])
        {
            if (entry.Key is "mlflow.note.content" || !Reserved.Any(prefix => entry.Key.StartsWith(prefix, System.StringComparison.Ordinal))) continue;
            context.Report(new ConfigDiagnostic(
                "HEM083", true, $"'{entry.Key}' in [tracking.{table}] is a tag that the program sets; allowed: every name that does not begin with {string.Join(" or ", Reserved)}, and mlflow.note.content", entry.KeySource));
        }
    }

    private static void CheckAddress(string address, SourceSpan source, CheckContext context)
    {
        if (Credentials.IsMatch(address))
        {
            // The address may contain a password, so the message does not repeat it.
            context.Report(new ConfigDiagnostic(
                "HEM080", true, "'uri' in [tracking] holds credentials, and experiment files are written down and logged; give the address alone and set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN", source));
            return;
        }
        bool isFile = address.StartsWith("sqlite:///", System.StringComparison.OrdinalIgnoreCase) && address.Length > "sqlite:///".Length;
        if (!Server.IsMatch(address) && !isFile)
            context.Report(new ConfigDiagnostic("HEM081", true, $"'uri' in [tracking] is '{address}'; allowed: http://HOST..., https://HOST..., sqlite:///FILE, or empty for mlflow.db beside the runs", source));
    }
}
