using System.Text;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>Name of the typed value of a file: paper/table-5.toml becomes Experiments.Paper.Table5.</summary>
/// <param name="Folders">Nested classes, outermost first.</param>
/// <param name="Property">Name of the property.</param>
/// <param name="RelativePath">Path of the file, relative to the project, with '/'.</param>
internal sealed record ExperimentName(EquatableArray<string> Folders, string Property, string RelativePath)
{
    /// <summary>Name of the outermost class.</summary>
    public const string Root = "Experiments";

    public string FullName => string.Join(".", Folders.Prepend(Root).Append(Property));

    public static ExperimentName Of(string path, string projectFolder)
    {
        string full = path.Replace('\\', '/'), folder = projectFolder.Replace('\\', '/').TrimEnd('/') + "/";
        string relative = folder.Length > 1 && full.StartsWith(folder, StringComparison.Ordinal) ? full.Substring(folder.Length) : full.Substring(full.LastIndexOf('/') + 1);
        string[] parts = relative.Substring(0, relative.Length - ".toml".Length).Split('/');
        return new ExperimentName(new([.. parts.Take(parts.Length - 1).Select(Identifier)]), Identifier(parts[parts.Length - 1]), relative);
    }

    private static string Identifier(string name)
    {
        var text = new StringBuilder();
        bool starts = true;
        foreach (char c in name)
        {
            if (char.IsLetterOrDigit(c)) text.Append(starts ? char.ToUpperInvariant(c) : c);
            starts = !char.IsLetterOrDigit(c);
        }
        return text.Length == 0 || char.IsDigit(text[0]) ? "_" + text : text.ToString();
    }
}
