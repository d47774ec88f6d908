using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Builds a table whose keys may come from several places of a document.</summary>
internal sealed class TableBuilder(SourceSpan source)
{
    private readonly List<string> order = [];
    private readonly Dictionary<string, (object Value, SourceSpan Source)> entries = new(StringComparer.Ordinal);

    /// <summary>Whether the table was defined by a header, a dotted key or braces. No later header may define it again.</summary>
    public bool IsSaid { get; set; }

    /// <summary>Whether it is an inline table: nothing may be added to it elsewhere.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Returns the table below a key, or the last one of a list of tables. Creates it if there is none. Returns null if the key has a plain value or an inline table.</summary>
    public TableBuilder? Descend(string key, SourceSpan place)
    {
        switch (Find(key))
        {
            case null:
                var table = new TableBuilder(place);
                Put(key, table, place);
                return table;
            case TableBuilder { IsClosed: false } existing:
                return existing;
            case List<TableBuilder> list:
                return list[list.Count - 1];
            default:
                return null;
        }
    }

    /// <summary>Adds a table to a list of tables and returns it; null if the key has another value.</summary>
    public TableBuilder? Append(string key, SourceSpan place)
    {
        object? value = Find(key);
        if (value is null) Put(key, value = new List<TableBuilder>(), place);
        if (value is not List<TableBuilder> list) return null;
        list.Add(new TableBuilder(place));
        return list[list.Count - 1];
    }

    /// <summary>Adds a value (a node or a builder). Returns false if the key exists already.</summary>
    public bool TryAdd(string key, object value, SourceSpan place)
    {
        if (entries.ContainsKey(key)) return false;
        Put(key, value, place);
        return true;
    }

    /// <summary>Returns the finished table.</summary>
    public ConfigTable Build() => new([.. order.Select(key => new ConfigEntry(key, Node(entries[key].Value), entries[key].Source))], source);

    /// <summary>Converts a value to a node.</summary>
    public static ConfigNode Node(object value) => value switch
    {
        TableBuilder table => table.Build(),
        List<TableBuilder> list => new ConfigArray([.. list.Select(table => table.Build())], list[0].Build().Source),
        _ => (ConfigNode)value,
    };

    private object? Find(string key) => entries.TryGetValue(key, out (object Value, SourceSpan) entry) ? entry.Value : null;

    private void Put(string key, object value, SourceSpan place)
    {
        order.Add(key);
        entries.Add(key, (value, place));
    }
}
