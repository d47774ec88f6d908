using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One file, parsed alone.</summary>
/// <param name="Path">Path as shown in messages.</param>
/// <param name="Tree">Its content; null if it cannot be parsed.</param>
/// <param name="Diagnostics">Syntax errors.</param>
public sealed record ParsedFile(string Path, ConfigTable? Tree, IReadOnlyList<ConfigDiagnostic> Diagnostics)
{
    /// <summary>Reads the text of a file.</summary>
    public static ParsedFile Parse(string text, string path)
    {
        var found = new List<ConfigDiagnostic>();
        ConfigTable? tree = TomlReader.Read(text, path, found.Add);
        return new ParsedFile(path, tree, found);
    }

    /// <inheritdoc/>
    public bool Equals(ParsedFile? other) => ReferenceEquals(this, other)
        || (other is not null && Path == other.Path && Equals(Tree, other.Tree) && Diagnostics.SequenceEqual(other.Diagnostics));

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);
}
