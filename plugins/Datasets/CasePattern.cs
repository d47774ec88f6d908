using System.Text.RegularExpressions;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Paths with {case} and * in them.</summary>
internal static class CasePattern
{
    /// <summary>Stands for a case's name.</summary>
    public const string Case = "{case}";

    /// <summary>Stands for the name of a class, if every class has its own mask.</summary>
    public const string Label = "{label}";

    /// <summary>The path of a case; its pattern has no *.</summary>
    public static string PathOf(string root, string pattern, string name) => Path.GetFullPath(Path.Combine(root, pattern.Replace(Case, name, StringComparison.Ordinal))).TrimEnd('/', '\\');

    /// <summary>Names and paths that follow a pattern, by name. Hidden files and folders are left out.</summary>
    public static IReadOnlyList<(string Name, string Path)> Find(string root, string pattern, CancellationToken cancel)
    {
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        var found = new List<(string Name, string Path)>();
        Walk(root, 0, null);
        return [.. found.OrderBy(entry => entry.Name, StringComparer.Ordinal)];

        void Walk(string folder, int at, string? name)
        {
            if (at == parts.Length)
            {
                found.Add((name!, Path.GetFullPath(folder)));
                return;
            }
            bool last = at == parts.Length - 1, wantsFile = last && !pattern.EndsWith('/');
            string part = name is null ? parts[at] : parts[at].Replace(Case, name, StringComparison.Ordinal);
            if (!part.Contains(Case, StringComparison.Ordinal) && !part.Contains('*', StringComparison.Ordinal))
            {
                string only = Path.Combine(folder, part);
                if (wantsFile ? File.Exists(only) : Directory.Exists(only)) Walk(only, at + 1, name);
                return;
            }
            if (!Directory.Exists(folder)) return;
            Regex expression = ExpressionOf(part);
            foreach (string entry in wantsFile ? FolderListing.Files(folder) : FolderListing.Folders(folder))
            {
                cancel.ThrowIfCancellationRequested();
                Match match = expression.Match(Path.GetFileName(entry));
                if (match.Success) Walk(entry, at + 1, match.Groups["case"].Success ? match.Groups["case"].Value : name);
            }
        }
    }

    private static Regex ExpressionOf(string part)
    {
        string text = Regex.Escape(part).Replace("\\*", "[^/]*", StringComparison.Ordinal);
        string mark = Regex.Escape(Case);
        int first = text.IndexOf(mark, StringComparison.Ordinal);
        if (first >= 0) text = text[..first] + "(?<case>[^/]+)" + text[(first + mark.Length)..].Replace(mark, "\\k<case>", StringComparison.Ordinal);
        return new Regex($"^{text}$", RegexOptions.CultureInvariant);
    }
}
