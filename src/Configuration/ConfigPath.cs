using System.Text;

namespace HiEndMae.Configuration;

/// <summary>Resolves paths in configs: replaces <c>${env:NAME}</c>, and makes relative paths absolute from the folder of the file.</summary>
public static class ConfigPath
{
    private const string Opening = "${env:";

    /// <summary>Whether a text is one of the keywords that are not paths. A keyword that ends in <c>:/</c> stands for every address that begins with it.</summary>
    /// <param name="text">The text in the file.</param>
    /// <param name="keywords">The keywords.</param>
    public static bool IsKeyword(string text, IReadOnlyList<string> keywords) =>
        keywords.Any(word => word == text || (word.EndsWith(":/", StringComparison.Ordinal) && text.StartsWith(word, StringComparison.Ordinal)));

    /// <summary>Returns the first variable in the text that is not set, or null if all are set.</summary>
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

    /// <summary>Returns the absolute path.</summary>
    /// <param name="text">The text in the file.</param>
    /// <param name="source">Position of the text. Without a file the path is relative to the current directory.</param>
    /// <param name="getVariable">Returns environment variables.</param>
    public static string Resolve(string text, SourceSpan source, Func<string, string?> getVariable)
    {
        string expanded = Expand(text, name => getVariable(name) ?? "");
        string? folder = string.IsNullOrEmpty(source.File) || !File.Exists(source.File) ? null : Path.GetDirectoryName(Path.GetFullPath(source.File));
        return Path.GetFullPath(folder is null ? expanded : Path.Combine(folder, expanded));
    }

    /// <summary>Returns the absolute path in a typed experiment. If a variable in it is not set, it returns the text unchanged, and opening the path reports the error.</summary>
    /// <param name="text">The text in the file.</param>
    /// <param name="file">The file.</param>
    public static string ResolveKnown(string text, string file) => MissingVariable(text, Environment.GetEnvironmentVariable) is null
        ? Resolve(text, new SourceSpan(file, 1, 1), Environment.GetEnvironmentVariable)
        : text;

    // Text that only resembles a variable, such as ${env:} or ${env:A, is kept.
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
