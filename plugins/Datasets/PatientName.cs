using System.Text.RegularExpressions;

namespace HiEndMae.Plugins.Datasets;

/// <summary>The patient in a case's name.</summary>
internal static class PatientName
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Whether a text is a regular expression, or empty.</summary>
    public static bool IsPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Returns the match of the first group, or of the whole expression if it has no group; the name itself if nothing matches.</summary>
    public static string Of(string name, string pattern)
    {
        if (pattern.Length == 0 || Regex.Match(name, pattern, RegexOptions.CultureInvariant, Longest) is not { Success: true } match) return name;
        return match.Groups.Count > 1 && match.Groups[1].Success ? match.Groups[1].Value : match.Value;
    }
}
