namespace HiEndMae.Configuration.Shared;

/// <summary>Converts names of experiments and cases to names of files.</summary>
public static class FileNames
{
    /// <summary>Replaces every character other than letters, digits, '-', '_' and '.' by '-'. Different names may give the same file name.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>A name that is valid on every system and stays inside its folder.</returns>
    public static string Safe(string name) =>
        string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.') is { Length: > 0 } safe ? safe : "run";
}
