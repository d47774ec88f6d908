using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>One file, read by itself.</summary>
/// <param name="Path">As messages name it.</param>
/// <param name="Tree">What it says; null where it cannot be read.</param>
/// <param name="Diagnostics">What is wrong with its text.</param>
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
