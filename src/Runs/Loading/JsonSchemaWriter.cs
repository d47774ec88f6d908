using System.Globalization;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Runs.Loading;

/// <summary>Writes the JSON schema of experiment files (draft 7), with which editors such as Taplo and Even Better TOML complete and check files.</summary>
/// <remarks>The schema requires no keys, because a file that extends another one contains only differences. <c>hiendmae validate</c> reports missing keys.</remarks>
internal sealed class JsonSchemaWriter
{
    /// <summary>Name of the schema file beside an experiment.</summary>
    public const string FileName = "schema.json";

    /// <summary>First line of an experiment, with which editors find the schema.</summary>
    public const string Reference = $"#:schema ./{FileName}\n";

    private readonly IReadOnlyList<ComponentDescriptor> components;
    private readonly JsonObject definitions = [];

    private JsonSchemaWriter(IReadOnlyList<ComponentDescriptor> components) => this.components = components;

    /// <summary>Creates the schema with all components.</summary>
    public static string Write(IReadOnlyList<ComponentDescriptor> components) => new JsonSchemaWriter(components).Root().ToJsonString(JsonOptions.Indented);

    private JsonObject Root()
    {
        JsonObject table = Table(ExperimentConfig.Schema, null);
        var properties = (JsonObject)table["properties"]!;
        properties["extends"] = new JsonObject
        {
            ["description"] = "File, or list of files, that this file extends. Paths are relative to this file. Later files override earlier ones.",
            ["anyOf"] = new JsonArray(Type("string"), new JsonObject { ["type"] = "array", ["items"] = Type("string") }),
        };
        properties[SweepExpander.Table] = new JsonObject
        {
            ["description"] = "Dotted keys, each with a list of values; every combination is run. Also [[sweep.list]], [[sweep.zip]], [sweep.random], [[sweep.exclude]].",
            ["type"] = "object",
            ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("array", "object") },
        };
        properties[NamedDatasets.Table] = new JsonObject
        {
            ["description"] = "Datasets that a stage uses with dataset = NAME.",
            ["type"] = "object",
            ["additionalProperties"] = Section(ExperimentConfig.Schema.Keys.Single(key => key.Name == "pretrain").Section!.Keys.Single(key => key.Name == "data").Section!),
        };
        table.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        table.Insert(1, "title", "HiEndMae experiment");
        table["definitions"] = definitions;
        return table;
    }

    /// <summary>Returns a reference to the table of a record, which is defined once.</summary>
    private JsonObject Section(SectionSchema schema) => Define(schema.Name, () =>
        schema.Keys.FirstOrDefault(key => key.Inline) is { } inline
            ? Union(inline.Slot!.Value, component => Table(schema, component))
            : Table(schema, null));

    private JsonObject Component(Slot slot) => Define(slot.ToString(), () => Union(slot, component => Table(component.Schema, component)));

    private JsonObject Define(string name, Func<JsonObject> write)
    {
        if (!definitions.ContainsKey(name))
        {
            definitions[name] = new JsonObject();
            definitions[name] = write();
        }
        return new JsonObject { ["$ref"] = $"#/definitions/{name}" };
    }

    // A file that extends another one may leave out 'plugin', so several alternatives may match.
    private JsonObject Union(Slot slot, Func<ComponentDescriptor, JsonObject> write) => new()
    {
        ["anyOf"] = new JsonArray([.. components.Where(component => component.Slot == slot).OrderBy(component => component.Name, StringComparer.Ordinal).Select(component => (JsonNode)write(component))]),
    };

    private JsonObject Table(SectionSchema schema, ComponentDescriptor? component)
    {
        var properties = new JsonObject();
        if (component is not null)
        {
            properties[ConfigTable.PluginKey] = new JsonObject { ["description"] = component.Summary, ["enum"] = new JsonArray(component.Name) };
            if (component.Slot == Slot.Dataset) properties[ConfigTable.DatasetKey] = new JsonObject { ["type"] = "string", ["description"] = "Name of a [datasets.NAME] table to use instead of plugin." };
        }
        bool isInline = schema.Keys.Any(key => key.Inline);
        foreach (KeySchema key in schema.Keys.Where(key => !key.Inline).Concat(isInline ? component!.Schema.Keys : [])) properties[key.Name] = Value(key);
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = component?.Summary ?? schema.Summary,
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }

    private JsonObject Value(KeySchema key)
    {
        JsonObject one = key.Kind switch
        {
            ValueKind.Int or ValueKind.Long => Number("integer", key),
            ValueKind.Float or ValueKind.Double => Number("number", key),
            ValueKind.Bool => Type("boolean"),
            ValueKind.Size3 => OneOrThree(() => Number("integer", key)),
            ValueKind.Spacing3 => OneOrThree(() => Number("number", key)),
            ValueKind.Section => Section(key.Section!),
            ValueKind.Component => Component(key.Slot!.Value),
            ValueKind.Duration => Pattern("^[0-9.]+ *(ms|s|m|h|d)$"),
            ValueKind.ByteSize => Pattern("^[0-9.]+ *([KMGT]iB|kB|[MGT]B|B)$"),
            _ => Type("string"),
        };
        if (key.Values is { Count: > 0 } values) one["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        if (key.NotEmpty && one["type"]?.GetValue<string>() == "string" && !key.IsArray) one["minLength"] = 1;
        JsonObject result = key.IsArray ? new JsonObject { ["type"] = "array", ["items"] = one }
            : key.IsDictionary ? new JsonObject { ["type"] = "object", ["additionalProperties"] = one }
            : one;
        if (key.NotEmpty && key.IsArray) result["minItems"] = 1;
        // Draft 7 ignores all keywords beside a reference.
        if (result.ContainsKey("$ref")) result = new JsonObject { ["allOf"] = new JsonArray(result) };
        string constraints = KeyWording.Constraints(key);
        result["description"] = string.Join(" ", new[] { key.Summary, key.Required ? "Required." : "", constraints.Length > 0 ? $"({constraints})" : "" }.Where(part => part.Length > 0));
        if (key.Default is { } text && key.Kind != ValueKind.Section) result["default"] = Json(TomlReader.ReadValue(text, "", _ => { }));
        return result;
    }

    private static JsonNode Json(ConfigNode node) => node switch
    {
        ConfigScalar { Value: long number } => number,
        ConfigScalar { Value: double number } => number,
        ConfigScalar { Value: bool flag } => flag,
        ConfigArray array => new JsonArray([.. array.Items.Select(Json)]),
        ConfigTable table => new JsonObject(table.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Json(entry.Value)))),
        ConfigScalar scalar => Convert.ToString(scalar.Value, CultureInfo.InvariantCulture)!,
        _ => "",
    };

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Number(string type, KeySchema key)
    {
        JsonObject number = Type(type);
        if (key.Minimum is { } minimum) number["minimum"] = minimum;
        if (key.Maximum is { } maximum and not int.MaxValue) number["maximum"] = maximum;
        return number;
    }

    private static JsonObject OneOrThree(Func<JsonObject> item) => new()
    {
        ["anyOf"] = new JsonArray(item(), new JsonObject { ["type"] = "array", ["items"] = item(), ["minItems"] = 3, ["maxItems"] = 3 }),
    };
}
