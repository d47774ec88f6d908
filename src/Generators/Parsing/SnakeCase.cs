using System.Text;

namespace HiEndMae.Generators.Parsing;

/// <summary>Converts PascalCase to the forms that are used in configs.</summary>
internal static class SnakeCase
{
    /// <summary>Converts NumHeads to num_heads, Rotate90Probability to rotate90_probability.</summary>
    public static string Key(string name) => Split(name, '_');

    /// <summary>Converts SinCos to sin-cos.</summary>
    public static string Member(string name) => Split(name, '-');

    private static string Split(string name, char separator)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord) text.Append(separator);
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
