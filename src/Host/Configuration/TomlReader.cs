using HiEndMae.Configuration;
using Tomlyn.Parsing;
using Tomlyn.Syntax;
using SourceSpan = HiEndMae.Configuration.SourceSpan;

namespace HiEndMae.Host.Configuration;

/// <summary>TOML text to a config tree with the place of every key and value.</summary>
internal sealed class TomlReader
{
    private readonly string file;
    private readonly Action<ConfigDiagnostic> report;
    private bool failed;

    private TomlReader(string file, Action<ConfigDiagnostic> report)
    {
        this.file = file;
        this.report = report;
    }

    /// <summary>Reads a document; null where it is malformed, every syntax error having been reported.</summary>
    /// <param name="text">The TOML.</param>
    /// <param name="file">Its path for messages.</param>
    /// <param name="report">Takes each error.</param>
    public static ConfigTable? Read(string text, string file, Action<ConfigDiagnostic> report) => new TomlReader(file, report).Read(text);

    /// <summary>Reads the value of an override, such as <c>0.9</c> or <c>[1, 2]</c>; a word without quotes is text.</summary>
    public static ConfigNode ReadValue(string text, string file, Action<ConfigDiagnostic> report)
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigNode? node = new TomlReader(file, errors.Add).Read($"value = {text}")?.Find("value");
        if (node is not null) return node;
        // --set name=quick is what people type; anything that begins like another TOML value is a mistake in it.
        bool looksQuoted = text.Length > 0 && text[0] is '"' or '\'' or '[' or '{';
        if (looksQuoted) foreach (ConfigDiagnostic error in errors) report(error);
        return new ConfigScalar(text, new SourceSpan(file, 1, 1));
    }

    private ConfigTable? Read(string text)
    {
        DocumentSyntax document = SyntaxParser.Parse(text, file, true);
        foreach (DiagnosticMessage message in document.Diagnostics)
        {
            if (message.Kind == DiagnosticMessageKind.Error)
                Error("HEM001", $"malformed TOML: {message.Message.Trim()}", new SourceSpan(file, message.Span.Start.Line + 1, message.Span.Start.Column + 1));
        }
        if (failed) return null;
        var root = new TableBuilder(new SourceSpan(file, 1, 1));
        foreach (KeyValueSyntax pair in document.KeyValues) Add(root, pair);
        foreach (TableSyntaxBase section in document.Tables)
        {
            TableBuilder table = Open(root, section);
            foreach (KeyValueSyntax pair in section.Items) Add(table, pair);
        }
        return failed ? null : root.Build();
    }

    private TableBuilder Open(TableBuilder root, TableSyntaxBase section)
    {
        (string Name, SourceSpan Source)[] path = [.. Path(section.Name!)];
        TableBuilder table = root;
        for (int i = 0; i < path.Length; i++)
        {
            bool append = section is TableArraySyntax && i == path.Length - 1;
            TableBuilder? next = append ? table.Append(path[i].Name, path[i].Source) : table.Descend(path[i].Name, path[i].Source);
            if (next is null)
            {
                Error("HEM004", $"'{path[i].Name}' has a value already and cannot be a table", path[i].Source);
                return new TableBuilder(path[i].Source);
            }
            table = next;
        }
        return table;
    }

    private void Add(TableBuilder table, KeyValueSyntax pair)
    {
        (string Name, SourceSpan Source)[] path = [.. Path(pair.Key!)];
        foreach ((string name, SourceSpan source) in path[..^1])
        {
            if (table.Descend(name, source) is { } next)
            {
                table = next;
                continue;
            }
            Error("HEM004", $"'{name}' has a value already and cannot be a table", source);
            return;
        }
        (string last, SourceSpan place) = path[^1];
        if (!table.TryAdd(last, Value(pair.Value!), place)) Error("HEM004", $"'{last}' is said twice", place);
    }

    private object Value(ValueSyntax value)
    {
        SourceSpan source = SourceOf(value);
        switch (value)
        {
            case InlineTableSyntax inline:
                var table = new TableBuilder(source);
                foreach (InlineTableItemSyntax item in inline.Items) Add(table, item.KeyValue!);
                return table;
            case ArraySyntax array:
                return new ConfigArray([.. array.Items.Select(item => Value(item.Value!)).Select(TableBuilder.Node)], source);
            case StringValueSyntax text:
                return new ConfigScalar(text.Value ?? "", source);
            case IntegerValueSyntax number:
                return new ConfigScalar(number.Value, source);
            case FloatValueSyntax number:
                return new ConfigScalar(number.Value, source);
            case BooleanValueSyntax flag:
                return new ConfigScalar(flag.Value, source);
            default:
                return new ConfigScalar(value.ToString().Trim(), source);
        }
    }

    private IEnumerable<(string Name, SourceSpan Source)> Path(KeySyntax key)
    {
        yield return (Name(key.Key!), SourceOf(key));
        foreach (DottedKeyItemSyntax part in key.DotKeys) yield return (Name(part.Key!), SourceOf(part.Key!));
    }

    private static string Name(BareKeyOrStringValueSyntax key) => key switch
    {
        StringValueSyntax text => text.Value ?? "",
        BareKeySyntax bare => bare.Key?.Text ?? "",
        _ => key.ToString().Trim(),
    };

    private SourceSpan SourceOf(SyntaxNode node) => new(file, node.Span.Start.Line + 1, node.Span.Start.Column + 1);

    private void Error(string id, string message, SourceSpan source)
    {
        failed = true;
        report(new ConfigDiagnostic(id, true, message, source));
    }
}
