namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A column of numbers.</summary>
/// <param name="Group">Heading over several columns, such as AMOS; empty for none.</param>
/// <param name="Name">Heading of the column.</param>
/// <param name="Aliases">Names of classes whose results belong in this column.</param>
public sealed record PaperColumn(string Group, string Name, IReadOnlyList<string> Aliases)
{
    /// <summary>Id of the column in configs, such as "AMOS 10%".</summary>
    public string Id => Group.Length == 0 ? Name : $"{Group} {Name}";

    /// <summary>Whether the results of a class with this name belong here.</summary>
    public bool Means(string label)
    {
        string word = Plain(label);
        return word == Plain(Name) || Aliases.Any(alias => Plain(alias) == word);
    }

    private static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
