using System.Text;

namespace HiEndMae.Configuration;

/// <summary>Paths of configs: <c>${env:NAME}</c>, and relative to the file that says them.</summary>
public static class ConfigPath
{
    private const string Opening = "${env:";

    /// <summary>Whether a text is one of the words that are no paths. A word that ends in <c>:/</c> stands for all addresses that begin so.</summary>
    /// <param name="text">As the file says it.</param>
    /// <param name="keywords">The words.</param>
    public static bool IsKeyword(string text, IReadOnlyList<string> keywords) =>
        keywords.Any(word => word == text || (word.EndsWith(":/", StringComparison.Ordinal) && text.StartsWith(word, StringComparison.Ordinal)));

    /// <summary>The first variable that is named and not set; null where all are.</summary>
    public static string? MissingVariable(string text, Func<string, string?> getVariable)
    {
        string? missing = null;
        Expand(text, name => getVariable(name) is { Length: > 0 } value ? value : Missing(name));
        return missing;

        string Missing(string name)
        {
            missing ??= name;
            return "";
        }
    }

    /// <summary>The absolute path.</summary>
    /// <param name="text">As the file says it.</param>
    /// <param name="source">Where; a path that no file says is relative to the current directory.</param>
    /// <param name="getVariable">Environment.</param>
    public static string Resolve(string text, SourceSpan source, Func<string, string?> getVariable)
    {
        string expanded = Expand(text, name => getVariable(name) ?? "");
        string? folder = string.IsNullOrEmpty(source.File) || !File.Exists(source.File) ? null : Path.GetDirectoryName(Path.GetFullPath(source.File));
        return Path.GetFullPath(folder is null ? expanded : Path.Combine(folder, expanded));
    }

    /// <summary>The absolute path of a typed experiment; the text as it is where a variable that it names is not set, for whoever opens it to say so.</summary>
    /// <param name="text">As the file says it.</param>
    /// <param name="file">The file.</param>
    public static string ResolveKnown(string text, string file) => MissingVariable(text, Environment.GetEnvironmentVariable) is null
        ? Resolve(text, new SourceSpan(file, 1, 1), Environment.GetEnvironmentVariable)
        : text;

    // Anything that only looks like a variable, such as ${env:} or one that is not closed, stays as it is.
    private static string Expand(string text, Func<string, string> value)
    {
        int start = text.IndexOf(Opening, StringComparison.Ordinal);
        if (start < 0) return text;
        var expanded = new StringBuilder();
        int done = 0;
        while (start >= 0)
        {
            int end = start + Opening.Length;
            while (end < text.Length && (text[end] == '_' || char.IsLetterOrDigit(text[end]))) end++;
            bool closed = end < text.Length && text[end] == '}' && end > start + Opening.Length;
            if (closed)
            {
                expanded.Append(text, done, start - done).Append(value(text.Substring(start + Opening.Length, end - start - Opening.Length)));
                done = end + 1;
            }
            start = text.IndexOf(Opening, end, StringComparison.Ordinal);
        }
        return expanded.Append(text, done, text.Length - done).ToString();
    }
}
