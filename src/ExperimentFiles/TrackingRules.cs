using System.Text.RegularExpressions;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>The address in <c>[tracking]</c>, and what has no effect there.</summary>
internal static class TrackingRules
{
    private static readonly Regex Server = new("^https?://[^/?#\\s]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    private static readonly Regex Credentials = new("^[a-z]+://[^/?#\\s]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Reports an address that is none, or that holds what must not be written down.</summary>
    public static void Check(ConfigTable tree, CheckContext context)
    {
        if (tree.Find("tracking") is not ConfigTable tracking) return;
        if (tracking.Find("uri") is ConfigScalar { Value: string address } uri && address.Trim().Length > 0) CheckAddress(address.Trim(), uri.Source, context);
        if (!context.IsPart && tracking.Find("predictions") is ConfigScalar { Value: true } predictions && tree.Find("evaluate") is null)
            context.Report(new ConfigDiagnostic("HEM082", false, "'predictions' in [tracking] has no effect without [evaluate]", predictions.Source));
    }

    private static void CheckAddress(string address, SourceSpan source, CheckContext context)
    {
        if (Credentials.IsMatch(address))
        {
            // The config is written into the run directory and logged: the message does not repeat it either.
            context.Report(new ConfigDiagnostic(
                "HEM080", true, "'uri' in [tracking] holds credentials, and experiment files are written down and logged; give the address alone and set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN", source));
            return;
        }
        bool isFile = address.StartsWith("sqlite:///", System.StringComparison.OrdinalIgnoreCase) && address.Length > "sqlite:///".Length;
        if (!Server.IsMatch(address) && !isFile)
            context.Report(new ConfigDiagnostic("HEM081", true, $"'uri' in [tracking] is '{address}'; allowed: http://HOST..., https://HOST..., sqlite:///FILE, or empty for mlflow.db beside the runs", source));
    }
}
