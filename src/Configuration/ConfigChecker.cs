using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>Checks a tree against schemas and reports every error at once. It binds and computes nothing.</summary>
public sealed class ConfigChecker
{
    private readonly CheckContext context;
    private int errors;

    private ConfigChecker(CheckContext context) => this.context = context;

    /// <summary>Checks a table and everything in it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">The schema that the table must match.</param>
    /// <param name="title">Its name in messages, such as "[pretrain]" or "the experiment".</param>
    /// <param name="context">Known components, and the receiver of errors.</param>
    /// <returns>True if there was no error. Warnings are not errors.</returns>
    public static bool Check(ConfigTable table, SectionSchema schema, string title, CheckContext context)
    {
        var checker = new ConfigChecker(context);
        checker.CheckTable(table, schema, title);
        return checker.errors == 0;
    }

    /// <summary>Returns the name in messages of a table inside another one.</summary>
    public static string Nested(string title, string key) =>
        title.Length > 0 && title[0] == '[' ? $"{title.Substring(0, title.Length - 1)}.{NearestName.Shorten(key)}]" : $"[{NearestName.Shorten(key)}]";

    private void CheckTable(ConfigTable table, SectionSchema schema, string title)
    {
        KeySchema? inline = schema.Keys.FirstOrDefault(key => key.Inline);
        SectionSchema? component = inline is null ? null : Component(table, inline, title)?.Schema;
        // A component that was built without the analyzers may repeat a key of the table. The table's own key counts.
        var known = schema.Keys.Where(key => !key.Inline).Concat(component?.Keys ?? []).GroupBy(key => key.Name, StringComparer.Ordinal).ToDictionary(keys => keys.Key, keys => keys.First(), StringComparer.Ordinal);
        foreach (ConfigEntry entry in table.Entries)
        {
            if (entry.Key == ConfigTable.PluginKey && (inline is not null || schema.IsComponent)) continue;
            // A valid 'dataset' key has been replaced by the table that it names. An invalid one has been reported.
            if (entry.Key == ConfigTable.DatasetKey && inline?.Slot == Slot.Dataset) continue;
            if (known.TryGetValue(entry.Key, out KeySchema? key)) CheckKey(key, entry.Value, title);
            // The keys of an unknown component cannot be checked.
            else if (inline is null || component is not null) Unknown(entry, known.Keys, title);
        }
        WarnOfReplaced(table, known, title);
        foreach (KeySchema key in known.Values)
        {
            if (key.Required && !context.IsPart && table.Find(key.Name) is null)
                Error("HEM010", $"missing key '{key.Name}' in {title}: {KeyWording.Describe(key)}", table.Source);
            CheckRelations(table, key, known, title);
        }
    }

    // A key that the new component does not have was meant for the old one. A key that the new component does have may have been meant for both.
    private void WarnOfReplaced(ConfigTable table, Dictionary<string, KeySchema> known, string title)
    {
        foreach (ReplacedChoice replaced in table.Replaced)
        {
            string[] keys = [.. replaced.Keys.Where(entry => known.ContainsKey(entry.Key) && table.Find(entry.Key) is null)
                .Select(entry => KeyWording.Invariant($"'{entry.Key}' ({Path.GetFileName(entry.KeySource.File)}, line {entry.KeySource.Line})"))];
            if (keys.Length == 0) continue;
            string message = $"{title} replaces the inherited {NearestName.Shorten(replaced.Before)} here, so its other keys are not used: {string.Join(", ", keys)}; write {(keys.Length == 1 ? "it" : "them")} in this table to keep the value{(keys.Length == 1 ? "" : "s")}";
            context.Report(new ConfigDiagnostic("HEM051", false, message, replaced.Choice.Source));
        }
    }

    private void CheckRelations(ConfigTable table, KeySchema key, Dictionary<string, KeySchema> known, string title)
    {
        if (key.RequiredWith is { } with && !context.IsPart && table.Find(with) is { } beside && table.Find(key.Name) is null)
            Error("HEM018", $"'{with}' in {title} needs '{key.Name}' in the same table", beside.Source);
        if (key.MultipleOf is not { } other || !known.TryGetValue(other, out KeySchema? otherKey)) return;
        if (table.Find(key.Name) is null && table.Find(other) is null) return;
        if (Number(table.Find(key.Name), key) is not { } value || Number(table.Find(other), otherKey) is not { } unit || unit == 0 || value % unit == 0) return;
        Error("HEM013", KeyWording.Invariant($"'{key.Name}' in {title} is {value}, which is not a multiple of '{other}' ({unit}); nearest: {NearestMultiples(value, unit)}"),
            (table.Find(key.Name) ?? table.Find(other)!).Source);
    }

    /// <summary>Returns the nearest multiples below and above a number, such as "48 or 60".</summary>
    internal static string NearestMultiples(double value, double unit)
    {
        double below = Math.Floor(value / unit) * unit;
        return below > 0 ? KeyWording.Invariant($"{below} or {below + unit}") : KeyWording.Invariant($"{below + unit}");
    }

    // A partial file may leave out one of the two keys. Then there is nothing to compare.
    private double? Number(ConfigNode? node, KeySchema key) => node switch
    {
        ConfigScalar { Value: long number } => number,
        ConfigScalar { Value: double number } => number,
        null when !context.IsPart && double.TryParse(key.Default, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => null,
    };

    private void CheckKey(KeySchema key, ConfigNode node, string title)
    {
        string name = $"'{key.Name}' in {title}";
        if (key.NotEmpty && node is ConfigArray { Items.Count: 0 } or ConfigTable { Entries.Count: 0 } && (key.IsArray || key.IsDictionary))
        {
            Error("HEM015", $"{name} is empty", node.Source);
        }
        else if (key.IsArray)
        {
            if (node is not ConfigArray array) WrongType(key, name, node);
            else foreach (ConfigNode item in array.Items) CheckValue(key, item, name, Nested(title, key.Name));
        }
        else if (key.IsDictionary)
        {
            if (node is not ConfigTable table) WrongType(key, name, node);
            else foreach (ConfigEntry entry in table.Entries) CheckValue(key, entry.Value, $"'{key.Name}.{NearestName.Shorten(entry.Key)}' in {title}", Nested(Nested(title, key.Name), entry.Key));
        }
        else
        {
            CheckValue(key, node, name, Nested(title, key.Name));
        }
    }

    private void CheckValue(KeySchema key, ConfigNode node, string name, string nested)
    {
        switch (key.Kind)
        {
            case ValueKind.Section:
                if (node is ConfigTable section) CheckTable(section, key.Section!, nested);
                else WrongType(key, name, node);
                break;
            case ValueKind.Component:
                if (node is not ConfigTable table) WrongType(key, name, node);
                else if (Component(table, key, nested) is { } component) CheckTable(table, component.Schema, nested);
                break;
            case ValueKind.Size3 or ValueKind.Spacing3 when node is ConfigArray array:
                if (array.Items.Count != 3) WrongType(key, name, node);
                else foreach (ConfigNode item in array.Items) CheckScalar(key, item, name);
                break;
            default:
                CheckScalar(key, node, name);
                break;
        }
    }

    private void CheckScalar(KeySchema key, ConfigNode node, string name)
    {
        object? value = (node as ConfigScalar)?.Value;
        bool fits = key.Kind switch
        {
            ValueKind.Int or ValueKind.Size3 => value is long number && number is >= int.MinValue and <= int.MaxValue,
            ValueKind.Long => value is long,
            ValueKind.Float or ValueKind.Double or ValueKind.Spacing3 => value is long or double,
            ValueKind.Bool => value is bool,
            ValueKind.Duration => value is string text && ConfigDuration.TryParse(text, out _),
            ValueKind.ByteSize => value is string text && ByteSize.TryParse(text, out _),
            _ => value is string,
        };
        if (!fits)
        {
            WrongType(key, name, node);
            return;
        }
        if (value is long or double) CheckRange(key, Convert.ToDouble(value, CultureInfo.InvariantCulture), name, node);
        if (value is not string word) return;
        if (key.NotEmpty && word.Length == 0) Error("HEM015", $"{name} is empty", node.Source);
        else if (key.Values is { Count: > 0 } values && !values.Contains(word))
            Error("HEM014", $"{name} is '{NearestName.Shorten(word)}'; allowed: {string.Join(", ", values)}{NearestName.Suggest(word, values)}", node.Source);
        if (key.IsPath) CheckPath(key, word, name, node);
    }

    private void CheckRange(KeySchema key, double value, string name, ConfigNode node)
    {
        // The comparison is written so that NaN is out of bounds.
        bool inside = !double.IsNaN(value) && !double.IsInfinity(value) && !(value < key.Minimum) && !(value > key.Maximum);
        bool fits = key.Kind != ValueKind.Float || Math.Abs(value) <= float.MaxValue;
        if (inside && fits) return;
        string allowed = KeyWording.Range(key);
        Error("HEM012", KeyWording.Invariant($"{name} is {value}; allowed: {(allowed.Length > 0 ? allowed : "finite numbers")}"), node.Source);
    }

    private void CheckPath(KeySchema key, string text, string name, ConfigNode node)
    {
        if (context.GetVariable is not { } getVariable || ConfigPath.IsKeyword(text, key.PathKeywords)) return;
        if (ConfigPath.MissingVariable(text, getVariable) is { } variable)
            Error("HEM016", $"{name} names the environment variable '{variable}', which is not set", node.Source);
        else if (text.Contains('\0'))
            Error("HEM011", $"{name} contains a character that is not allowed in paths", node.Source);
        else if (key.MustExist && ConfigPath.Resolve(text, node.Source, getVariable) is { } path && !File.Exists(path) && !Directory.Exists(path))
            Error("HEM017", $"{name}: '{path}' does not exist", node.Source);
    }

    private ComponentSchema? Component(ConfigTable table, KeySchema key, string title)
    {
        string slot = key.Slot!.Value.ToString().ToLowerInvariant();
        string[] names = [.. context.Components.Where(component => component.Slot == key.Slot).Select(component => component.Name).OrderBy(name => name, StringComparer.Ordinal)];
        ConfigNode? node = table.Find(ConfigTable.PluginKey);
        // An unknown 'dataset' name has been reported already, or is defined in a file that extends this one.
        if (node is null && key.Slot == Slot.Dataset && table.Find(ConfigTable.DatasetKey) is not null) return null;
        if (node is null)
        {
            if (!context.IsPart) Error("HEM010", $"missing key 'plugin' in {title}: the name of the {slot}; allowed: {string.Join(", ", names)}", table.Source);
            return null;
        }
        if (node is not ConfigScalar { Value: string name })
        {
            Error("HEM011", $"'plugin' in {title} is {KeyWording.Describe(node)}; it must be text, the name of a {slot}", node.Source);
            return null;
        }
        ComponentSchema? found = context.Components.Find(key.Slot.Value, name);
        if (found is null) Error("HEM020", $"there is no {slot} '{NearestName.Shorten(name)}'; allowed: {string.Join(", ", names)}{NearestName.Suggest(name, names)}", node.Source);
        return found;
    }

    private void Unknown(ConfigEntry entry, IEnumerable<string> known, string title) =>
        Error("HEM021", $"unknown key '{NearestName.Shorten(entry.Key)}' in {title}{NearestName.Suggest(entry.Key, known, listAll: true)}", entry.KeySource);

    private void WrongType(KeySchema key, string name, ConfigNode node)
    {
        string range = KeyWording.Range(key);
        Error("HEM011", $"{name} is {KeyWording.Describe(node)}; it must be {KeyWording.TypeName(key)}{(range.Length > 0 ? ", " + range : "")}", node.Source);
    }

    private void Error(string id, string message, SourceSpan source)
    {
        errors++;
        context.Report(new ConfigDiagnostic(id, true, message, source));
    }
}
