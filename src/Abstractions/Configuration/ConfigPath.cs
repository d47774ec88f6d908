using System.Text.RegularExpressions;

namespace HiEndMae.Configuration;

/// <summary>Paths of configs: <c>${env:NAME}</c>, and relative to the file that says them.</summary>
public static partial class ConfigPath
{
    /// <summary>The first variable that is named and not set; null where all are.</summary>
    public static string? MissingVariable(string text, Func<string, string?> getVariable) =>
        Variable().Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => string.IsNullOrEmpty(getVariable(name)));

    /// <summary>The absolute path.</summary>
    /// <param name="text">As the file says it.</param>
    /// <param name="source">Where; a path that no file says is relative to the current directory.</param>
    /// <param name="getVariable">Environment.</param>
    public static string Resolve(string text, SourceSpan source, Func<string, string?> getVariable)
    {
        string expanded = Variable().Replace(text, match => getVariable(match.Groups[1].Value) ?? "");
        string? folder = File.Exists(source.File) ? Path.GetDirectoryName(Path.GetFullPath(source.File)) : null;
        return Path.GetFullPath(folder is null ? expanded : Path.Combine(folder, expanded));
    }

    [GeneratedRegex(@"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
