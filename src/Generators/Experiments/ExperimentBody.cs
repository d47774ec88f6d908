using System.Globalization;
using System.Text;
using HiEndMae.Configuration;
using HiEndMae.Generators.Emit;

namespace HiEndMae.Generators.Experiments;

/// <summary>Writes the statements that create the records of one experiment from its checked tree.</summary>
internal sealed class ExperimentBody(SchemaSet schemas)
{
    private const string Configuration = "global::HiEndMae.Configuration.";

    private readonly StringBuilder code = new();
    private int records;

    public string Write(ConfigTable tree)
    {
        string root = Record(tree, schemas.Experiment!);
        code.Append($"return {root};\n");
        return code.ToString();
    }

    /// <summary>Writes the creation of a record and returns the name of its variable.</summary>
    private string Record(ConfigTable table, SectionSchema schema)
    {
        KeySchema? inline = schema.Keys.FirstOrDefault(key => key.Inline);
        var said = new List<string>();
        if (inline is not null) said.Add($"{inline.Property} = {Component(WithoutKeysOf(table, schema), inline)}");
        said.AddRange(Initialisers(table, schema, key => !HasDefaultRecord(key)));
        string name = $"record{++records}";
        code.Append($"var {name} = new {schema.Type} {{ {string.Join(", ", said)} }};\n");
        foreach (KeySchema key in schema.Keys.Where(HasDefaultRecord))
        {
            // Missing keys have the default of the record, which may differ from that of the section.
            if (table.Find(key.Name) is not ConfigTable nested) continue;
            string changed = With($"{name}.{key.Property}", nested, key.Section!);
            code.Append($"{name} = {name} with {{ {key.Property} = {changed} }};\n");
        }
        return name;
    }

    private string With(string record, ConfigTable table, SectionSchema schema)
    {
        List<string> said = [.. Initialisers(table, schema, key => !HasDefaultRecord(key))];
        foreach (KeySchema key in schema.Keys.Where(HasDefaultRecord))
        {
            if (table.Find(key.Name) is ConfigTable nested) said.Add($"{key.Property} = {With($"{record}.{key.Property}", nested, key.Section!)}");
        }
        return $"{record} with {{ {string.Join(", ", said)} }}";
    }

    private static bool HasDefaultRecord(KeySchema key) => key is { Kind: ValueKind.Section, IsArray: false, IsDictionary: false, Required: false, IsOptional: false };

    private IEnumerable<string> Initialisers(ConfigTable table, SectionSchema schema, Func<KeySchema, bool> chosen)
    {
        foreach (KeySchema key in schema.Keys.Where(key => !key.Inline && chosen(key)))
        {
            if (table.Find(key.Name) is { } node) yield return $"{key.Property} = {Value(key, node)}";
        }
    }

    private string Value(KeySchema key, ConfigNode node)
    {
        if (key.IsArray) return $"new {key.Type}[] {{ {string.Join(", ", ((ConfigArray)node).Items.Select(item => One(key, item)))} }}";
        if (key.IsDictionary)
        {
            IEnumerable<string> entries = ((ConfigTable)node).Entries.Select(entry => $"[{Literal.Text(entry.Key)}] = {One(key, entry.Value)}");
            return $"new global::System.Collections.Generic.Dictionary<string, {key.Type}> {{ {string.Join(", ", entries)} }}";
        }
        return One(key, node);
    }

    private string One(KeySchema key, ConfigNode node)
    {
        object? value = (node as ConfigScalar)?.Value;
        switch (key.Kind)
        {
            case ValueKind.Section:
                return Record((ConfigTable)node, key.Section!);
            case ValueKind.Component:
                return Component((ConfigTable)node, key);
            case ValueKind.Int:
                return Whole(value);
            case ValueKind.Long:
                return Whole(value) + "L";
            case ValueKind.Float:
                return $"(float){Real(value)}";
            case ValueKind.Double:
                return Real(value);
            case ValueKind.Bool:
                return value is true ? "true" : "false";
            case ValueKind.Enum:
                return $"{key.Type}.{key.Members[key.Values!.ToList().IndexOf((string)value!)]}";
            case ValueKind.Size3:
                return Three(key, node, Whole);
            case ValueKind.Spacing3:
                return Three(key, node, Real);
            case ValueKind.Duration:
                return ConfigDuration.TryParse((string)value!, out TimeSpan duration) ? $"global::System.TimeSpan.FromTicks({Whole(duration.Ticks)}L)" : "default";
            case ValueKind.ByteSize:
                return ByteSize.TryParse((string)value!, out ByteSize size) ? $"new {Configuration}ByteSize({Whole(size.Bytes)}L)" : "default";
            default:
                string text = Literal.Text((string)value!);
                return key.IsPath && !ConfigPath.IsKeyword((string)value!, key.PathKeywords) ? $"{Configuration}ConfigPath.ResolveKnown({text}, {Literal.Text(node.Source.File)})" : text;
        }
    }

    private string Component(ConfigTable table, KeySchema key) => Record(table, schemas.Components.Find(key.Slot!.Value, table.PluginName)!.Schema);

    private static ConfigTable WithoutKeysOf(ConfigTable table, SectionSchema schema) =>
        table with { Entries = [.. table.Entries.Where(entry => schema.Keys.All(key => key.Inline || key.Name != entry.Key))] };

    private static string Three(KeySchema key, ConfigNode node, Func<object?, string> number)
    {
        string[] edges = node is ConfigArray array
            ? [.. array.Items.Select(item => number(((ConfigScalar)item).Value))]
            : [.. Enumerable.Repeat(number(((ConfigScalar)node).Value), 3)];
        return $"new {key.Type}({string.Join(", ", edges)})";
    }

    private static string Whole(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private static string Real(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture) + "d";
}
