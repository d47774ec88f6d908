using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Describes keys and values in words, the same in errors, help and documentation.</summary>
public static class KeyWording
{
    /// <summary>Describes the type of a key's value, such as "a whole number".</summary>
    public static string TypeName(KeySchema key)
    {
        string one = key.Kind switch
        {
            ValueKind.Int or ValueKind.Long => "a whole number",
            ValueKind.Float or ValueKind.Double => "a number",
            ValueKind.Bool => "true or false",
            ValueKind.Size3 => "a whole number or a list of three (x, y, z)",
            ValueKind.Spacing3 => "a number or a list of three (x, y, z), mm",
            ValueKind.Duration => "a length of time such as \"90s\", \"30m\", \"12h\"",
            ValueKind.ByteSize => "an amount of memory such as \"512MiB\", \"4GiB\"",
            ValueKind.Section or ValueKind.Component => "a table",
            _ when key.Values is { Count: > 0 } values => $"one of {string.Join(", ", values)}",
            _ => key.IsPath ? "a path" : "text",
        };
        return key.IsArray ? $"a list, each {one}" : key.IsDictionary ? $"a table, each value {one}" : one;
    }

    /// <summary>Describes the bounds of a number, such as "1 to 64"; empty if there are none.</summary>
    public static string Range(KeySchema key) => (key.Minimum, key.Maximum) switch
    {
        ({ } low, null or int.MaxValue) => Invariant($"{low} or more"),
        (null, { } high) => Invariant($"{high} or less"),
        ({ } low, { } high) => Invariant($"{low} to {high}"),
        _ => "",
    };

    /// <summary>Describes bounds and relations for help texts; empty if there are none.</summary>
    public static string Constraints(KeySchema key)
    {
        var parts = new List<string>();
        if (Range(key) is { Length: > 0 } range) parts.Add(range);
        if (key.Values is { Count: > 0 } values) parts.Add(string.Join(" | ", values));
        if (key.MultipleOf is { } other) parts.Add($"multiple of {other}");
        if (key.Divides.Count > 0) parts.Add($"divides {string.Join(", ", key.Divides)}");
        if (key.RequiredWith is { } with) parts.Add($"needed with {with}");
        if (key.NotEmpty) parts.Add("not empty");
        if (key.MustExist) parts.Add("must exist");
        return string.Join(", ", parts);
    }

    /// <summary>Describes a missing key by its type and summary.</summary>
    public static string Describe(KeySchema key) => key.Summary.Length > 0 ? $"{TypeName(key)}; {key.Summary}" : TypeName(key);

    /// <summary>Describes a value, such as "the number 3".</summary>
    public static string Describe(ConfigNode node) => node switch
    {
        ConfigTable => "a table",
        ConfigArray array => Invariant($"a list of {array.Items.Count}"),
        ConfigScalar { Value: string text } => $"the text \"{NearestName.Shorten(text)}\"",
        ConfigScalar { Value: bool flag } => flag ? "true" : "false",
        ConfigScalar { Value: ConfigDate date } => $"the date {NearestName.Shorten(date.Text)}",
        ConfigScalar scalar => Invariant($"the number {scalar.Value}"),
        _ => "something else",
    };

    /// <summary>Formats numbers as TOML does.</summary>
    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
