using System.Globalization;
using System.Text;

namespace HiEndMae.Configuration;

/// <summary>Writes a tree as canonical TOML: values before tables, and the same text for the same values on every machine.</summary>
public static class TomlText
{
    /// <summary>Writes a whole document.</summary>
    public static string Document(ConfigTable table)
    {
        var text = new StringBuilder();
        WriteTable(text, table, "");
        return text.ToString();
    }

    /// <summary>Writes one value, with inline tables.</summary>
    public static string Value(ConfigNode node) => node switch
    {
        ConfigScalar { Value: string word } => Quote(word),
        ConfigScalar { Value: bool flag } => flag ? "true" : "false",
        ConfigScalar { Value: double number } => Number(number),
        ConfigScalar { Value: ConfigDate date } => date.Text,
        ConfigScalar scalar => Convert.ToString(scalar.Value, CultureInfo.InvariantCulture)!,
        ConfigArray array => $"[{string.Join(", ", array.Items.Select(Value))}]",
        ConfigTable table => $"{{ {string.Join(", ", table.Entries.Select(entry => $"{Key(entry.Key)} = {Value(entry.Value)}"))} }}",
        _ => throw new ArgumentException("The node has an unknown kind.", nameof(node)),
    };

    /// <summary>Flattens a tree to dotted keys and plain values, for the parameters of a tracker. Texts are not quoted.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Flatten(ConfigTable table, string prefix = "")
    {
        foreach (ConfigEntry entry in table.Entries)
        {
            string name = prefix.Length == 0 ? entry.Key : $"{prefix}.{entry.Key}";
            if (entry.Value is ConfigTable nested)
            {
                foreach (KeyValuePair<string, string> pair in Flatten(nested, name)) yield return pair;
            }
            else
            {
                yield return new(name, entry.Value is ConfigScalar { Value: string word } ? word : Value(entry.Value));
            }
        }
    }

    private static void WriteTable(StringBuilder text, ConfigTable table, string path)
    {
        foreach (ConfigEntry entry in table.Entries.Where(entry => entry.Value is not ConfigTable))
            text.Append(Key(entry.Key)).Append(" = ").Append(Value(entry.Value)).Append('\n');
        foreach (ConfigEntry entry in table.Entries)
        {
            if (entry.Value is not ConfigTable nested) continue;
            string name = path.Length == 0 ? Key(entry.Key) : $"{path}.{Key(entry.Key)}";
            text.Append("\n[").Append(name).Append("]\n");
            WriteTable(text, nested, name);
        }
    }

    private static string Number(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.IndexOfAny(['.', 'E']) >= 0 ? text : text + ".0";
    }

    private static string Key(string key) =>
        key.Length > 0 && key.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-') ? key : Quote(key);

    private static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        foreach (char c in word)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) => text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }
        return text.Append('"').ToString();
    }
}
