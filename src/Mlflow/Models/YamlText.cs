using System.Text;
using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow;

/// <summary>Converts JSON to block-style YAML, the format of MLmodel files. Every string is quoted, so that none is read as a number or a date.</summary>
public static class YamlText
{
    /// <summary>Returns the document.</summary>
    public static string Write(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var text = new StringBuilder();
        WriteObject(document, 0, text);
        return text.ToString();
    }

    private static void WriteObject(JsonObject value, int indent, StringBuilder text)
    {
        foreach ((string key, JsonNode? item) in value)
        {
            text.Append(' ', indent).Append(Key(key)).Append(':');
            WriteItem(item, indent, text);
        }
    }

    private static void WriteItem(JsonNode? item, int indent, StringBuilder text)
    {
        switch (item)
        {
            case JsonObject { Count: > 0 } below:
                text.Append('\n');
                WriteObject(below, indent + 2, text);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (JsonNode? one in list) text.Append(' ', indent).Append("- ").Append(Flow(one)).Append('\n');
                break;
            default:
                text.Append(' ').Append(Flow(item)).Append('\n');
                break;
        }
    }

    // YAML's flow style includes JSON.
    private static string Flow(JsonNode? item) => item is null ? "null" : item.ToJsonString();

    private static string Key(string key) => key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? key : JsonValue.Create(key).ToJsonString();
}
