using HiEndMae.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>A table while its keys are being found in several places of a document.</summary>
internal sealed class TableBuilder(SourceSpan source)
{
    private readonly List<(string Key, object Value, SourceSpan Source)> entries = [];

    /// <summary>The table below a key, made where there is none; the last one of a list of tables; null where the key has a plain value.</summary>
    public TableBuilder? Descend(string key, SourceSpan place)
    {
        switch (Find(key))
        {
            case null:
                var table = new TableBuilder(place);
                entries.Add((key, table, place));
                return table;
            case TableBuilder existing:
                return existing;
            case List<TableBuilder> list:
                return list[^1];
            default:
                return null;
        }
    }

    /// <summary>A new table at the end of a list of tables; null where the key has another value.</summary>
    public TableBuilder? Append(string key, SourceSpan place)
    {
        object? value = Find(key);
        if (value is null) entries.Add((key, value = new List<TableBuilder>(), place));
        if (value is not List<TableBuilder> list) return null;
        list.Add(new TableBuilder(place));
        return list[^1];
    }

    /// <summary>Adds a value (a node or a builder); false where the key is taken.</summary>
    public bool TryAdd(string key, object value, SourceSpan place)
    {
        if (Find(key) is not null) return false;
        entries.Add((key, value, place));
        return true;
    }

    /// <summary>The finished table.</summary>
    public ConfigTable Build() => new([.. entries.Select(entry => new ConfigEntry(entry.Key, Node(entry.Value), entry.Source))], source);

    /// <summary>A value as a node.</summary>
    public static ConfigNode Node(object value) => value switch
    {
        TableBuilder table => table.Build(),
        List<TableBuilder> list => new ConfigArray([.. list.Select(table => table.Build())], list[0].Build().Source),
        _ => (ConfigNode)value,
    };

    private object? Find(string key) => entries.FirstOrDefault(entry => entry.Key == key).Value;
}
