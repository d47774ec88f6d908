using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>Reads the schemas that <see cref="Emit.SchemasEmitter"/> wrote into referenced assemblies.</summary>
internal sealed class SchemaReader
{
    private readonly Dictionary<string, ConfigTable> records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SectionSchema> schemas = new(StringComparer.Ordinal);

    private SchemaReader(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            // The text of another version is ignored. Components that are missing because of it are reported where they are used.
            if (TomlReader.Read(text, "", _ => { })?.Find("records") is not ConfigArray list) continue;
            foreach (ConfigTable record in list.Items.OfType<ConfigTable>())
            {
                if (Text(record, "Type") is { } type) records[type] = record;
            }
        }
    }

    public static SchemaSet Read(EquatableArray<string> texts)
    {
        var reader = new SchemaReader(texts);
        var components = new List<ComponentSchema>();
        SectionSchema? experiment = null;
        foreach (string type in reader.records.Keys.OrderBy(type => type, StringComparer.Ordinal))
        {
            ConfigTable record = reader.records[type];
            SectionSchema schema = reader.Schema(type);
            if (Flag(record, "IsExperiment")) experiment = schema;
            if (Enum.TryParse(Text(record, "Slot"), out Slot slot) && Text(record, "Component") is { } name)
                components.Add(new ComponentSchema(slot, name, schema.Summary, schema));
        }
        return new SchemaSet(texts) { Experiment = experiment, Components = components };
    }

    private SectionSchema Schema(string type)
    {
        if (schemas.TryGetValue(type, out SectionSchema? done)) return done;
        ConfigTable? record = records.TryGetValue(type, out ConfigTable? found) ? found : null;
        var keys = new List<KeySchema>();
        // Added before its keys are read, because a record may contain itself.
        var schema = schemas[type] = new SectionSchema(Text(record, "Name") ?? type, Text(record, "Summary") ?? "", keys)
        {
            Type = type,
            IsComponent = record?.Find("Component") is not null,
            Features = record is null ? [] : Texts(record, "Features"),
            WithoutMask = record is not null && Flag(record, "WithoutMask"),
        };
        foreach (ConfigTable key in (record?.Find("keys") as ConfigArray)?.Items.OfType<ConfigTable>() ?? []) keys.Add(Key(key));
        return schema;
    }

    private KeySchema Key(ConfigTable key)
    {
        var kind = (ValueKind)Enum.Parse(typeof(ValueKind), Text(key, "Kind") ?? nameof(ValueKind.String));
        string type = Text(key, "Type") ?? "";
        return new KeySchema(Text(key, "Name") ?? "", kind, Text(key, "Summary") ?? "")
        {
            Property = Text(key, "Property") ?? "",
            Type = type,
            Required = Flag(key, "Required"),
            IsOptional = Flag(key, "IsOptional"),
            Default = Text(key, "Default"),
            Minimum = Number(key, "Minimum"),
            Maximum = Number(key, "Maximum"),
            Values = key.Find("Values") is null ? null : Texts(key, "Values"),
            Members = Texts(key, "Members"),
            MultipleOf = Text(key, "MultipleOf"),
            Divides = Texts(key, "Divides"),
            RequiredWith = Text(key, "RequiredWith"),
            NotEmpty = Flag(key, "NotEmpty"),
            IsPath = Flag(key, "IsPath"),
            PathKeywords = Texts(key, "PathKeywords"),
            MustExist = Flag(key, "MustExist"),
            IgnoredByFingerprint = Flag(key, "IgnoredByFingerprint"),
            IsArray = Flag(key, "IsArray"),
            IsDictionary = Flag(key, "IsDictionary"),
            Inline = Flag(key, "Inline"),
            CountsBlocks = Flag(key, "CountsBlocks"),
            NamesBlocks = Flag(key, "NamesBlocks"),
            Slot = Enum.TryParse(Text(key, "Slot"), out Slot slot) ? slot : null,
            Section = kind == ValueKind.Section ? Schema(type) : null,
        };
    }

    private static string? Text(ConfigTable? table, string key) => (table?.Find(key) as ConfigScalar)?.Value as string;

    private static bool Flag(ConfigTable table, string key) => table.Find(key) is ConfigScalar { Value: true };

    private static double? Number(ConfigTable table, string key) => (table.Find(key) as ConfigScalar)?.Value as double?;

    private static string[] Texts(ConfigTable table, string key) =>
        [.. (table.Find(key) as ConfigArray)?.Items.OfType<ConfigScalar>().Select(item => item.Value).OfType<string>() ?? []];
}
