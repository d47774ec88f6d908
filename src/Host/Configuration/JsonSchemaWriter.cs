using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Host.Commands;

namespace HiEndMae.Host.Configuration;

/// <summary>The JSON schema of experiment files, which TOML editors complete and check with.</summary>
internal static class JsonSchemaWriter
{
    /// <summary>The schema with every component that there is.</summary>
    public static string Write(IReadOnlyList<ComponentDescriptor> components)
    {
        JsonObject schema = Table(ExperimentConfig.Schema, components);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "HiEndMae experiment");
        var properties = (JsonObject)schema["properties"]!;
        properties["extends"] = new JsonObject { ["type"] = "string", ["description"] = "File that this one builds on, relative to it." };
        properties["sweep"] = new JsonObject { ["type"] = "object", ["description"] = "Dotted keys, each with a list of values." };
        properties["datasets"] = new JsonObject { ["type"] = "object", ["description"] = "Datasets to be named by dataset = NAME." };
        return schema.ToJsonString(DiagnosticOutput.Indented);
    }

    private static JsonObject Table(SectionSchema schema, IReadOnlyList<ComponentDescriptor> components)
    {
        KeySchema? inline = schema.Keys.FirstOrDefault(key => key.Inline);
        var properties = new JsonObject();
        foreach (KeySchema key in schema.Keys.Where(key => !key.Inline)) properties[key.Name] = Value(key, components);
        var table = new JsonObject
        {
            ["type"] = "object",
            ["description"] = schema.Summary,
            ["properties"] = properties,
            ["required"] = new JsonArray([.. schema.Keys.Where(key => key.Required && !key.Inline).Select(key => (JsonNode)key.Name)]),
        };
        if (inline is null) table["additionalProperties"] = false;
        else table["oneOf"] = Alternatives(inline, components, closed: false);
        return table;
    }

    private static JsonObject Value(KeySchema key, IReadOnlyList<ComponentDescriptor> components)
    {
        JsonObject one = key.Kind switch
        {
            ValueKind.Int or ValueKind.Long => Number("integer", key),
            ValueKind.Float or ValueKind.Double => Number("number", key),
            ValueKind.Bool => new JsonObject { ["type"] = "boolean" },
            ValueKind.Size3 => OneOrThree(Number("integer", key)),
            ValueKind.Spacing3 => OneOrThree(Number("number", key)),
            ValueKind.Section => Table(key.Section!, components),
            ValueKind.Component => new JsonObject { ["type"] = "object", ["oneOf"] = Alternatives(key, components, closed: true) },
            _ => new JsonObject { ["type"] = "string" },
        };
        if (key.Values is { Count: > 0 } values) one["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
        JsonObject result = key.IsArray ? new JsonObject { ["type"] = "array", ["items"] = one }
            : key.IsDictionary ? new JsonObject { ["type"] = "object", ["additionalProperties"] = one }
            : one;
        if (key.Summary.Length > 0) result["description"] = key.Default is null ? key.Summary : $"{key.Summary} Default: {key.Default}.";
        return result;
    }

    private static JsonArray Alternatives(KeySchema key, IReadOnlyList<ComponentDescriptor> components, bool closed) => new(
        [.. components.Where(component => component.Slot == key.Slot).Select(component =>
        {
            JsonObject table = Table(component.Schema, components);
            ((JsonObject)table["properties"]!)["plugin"] = new JsonObject { ["const"] = component.Name };
            ((JsonArray)table["required"]!).Add("plugin");
            if (!closed) table.Remove("additionalProperties");
            return (JsonNode)table;
        })]);

    private static JsonObject Number(string type, KeySchema key)
    {
        var number = new JsonObject { ["type"] = type };
        if (key.Minimum is { } minimum) number["minimum"] = minimum;
        if (key.Maximum is { } maximum and not int.MaxValue) number["maximum"] = maximum;
        return number;
    }

    private static JsonObject OneOrThree(JsonObject item) => new()
    {
        ["oneOf"] = new JsonArray(item, new JsonObject { ["type"] = "array", ["items"] = item.DeepClone(), ["minItems"] = 3, ["maxItems"] = 3 }),
    };
}
