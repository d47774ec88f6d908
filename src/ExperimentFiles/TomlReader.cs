using HiEndMae.Configuration;
using Tomlyn.Parsing;
using Tomlyn.Syntax;
using SourceSpan = HiEndMae.Configuration.SourceSpan;

namespace HiEndMae.ExperimentFiles;

/// <summary>Parses TOML text into a config tree with the position of every key and value.</summary>
public sealed class TomlReader
{
    // A binary file has one error per byte; the first few are enough.
    private const int MostSyntaxErrors = 20;

    private readonly string file;
    private readonly Action<ConfigDiagnostic> report;
    private bool failed;

    private TomlReader(string file, Action<ConfigDiagnostic> report)
    {
        this.file = file;
        this.report = report;
    }

    /// <summary>Parses a document. Returns null if it is malformed; every syntax error is reported.</summary>
    /// <param name="text">TOML text.</param>
    /// <param name="file">Path for messages.</param>
    /// <param name="report">Receives each error.</param>
    public static ConfigTable? Read(string text, string file, Action<ConfigDiagnostic> report) => new TomlReader(file, report).Read(text);

    /// <summary>Parses the value of an override, such as <c>0.9</c> or <c>[1, 2]</c>. A word without quotes is a string.</summary>
    public static ConfigNode ReadValue(string text, string file, Action<ConfigDiagnostic> report)
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigTable? table = new TomlReader(file, errors.Add).Read($"value = {text}");
        if (table?.Entries.Count == 1) return table.Entries[0].Value;
        // A string may be given without quotes, as in --set name=quick. Text that starts like another TOML value is an error.
        bool looksQuoted = text.Length > 0 && text[0] is '"' or '\'' or '[' or '{';
        if (looksQuoted) foreach (ConfigDiagnostic error in errors) report(error);
        return new ConfigScalar(text, new SourceSpan(file, 1, 1));
    }

    private ConfigTable? Read(string text)
    {
        if (text.IndexOf('\uFFFD') is >= 0 and int at)
        {
            Error("HEM006", "the file is not valid UTF-8; save it as UTF-8", PlaceOf(text, at));
            return null;
        }
        if (NestingScan.Find(text) is { } deep)
        {
            TooDeep(new SourceSpan(file, deep.Line, deep.Column));
            return null;
        }
        // Duplicate keys are found here, to be reported in the same form as every other error.
        if (Parse(text) is not { } document) return null;
        foreach (DiagnosticMessage message in document.Diagnostics.Where(message => message.Kind == DiagnosticMessageKind.Error).Take(MostSyntaxErrors))
            Error("HEM001", $"malformed TOML: {NearestName.Shorten(FirstLine(message.Message))}", new SourceSpan(file, message.Span.Start.Line + 1, message.Span.Start.Column + 1));
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

    private DocumentSyntax? Parse(string text)
    {
        try
        {
            return SyntaxParser.Parse(text, file, false);
        }
        catch (ArgumentOutOfRangeException)
        {
            // The parser throws on an escape such as \uD800, half of a surrogate pair.
            int at = Enumerable.Range(0, text.Length).FirstOrDefault(i => IsNoCharacter(text, i));
            Error("HEM001", "malformed TOML: an escape sequence is not a valid character", PlaceOf(text, at));
            return null;
        }
    }

    private static bool IsNoCharacter(string text, int at)
    {
        int digits = text[at] != '\\' || at + 1 >= text.Length ? 0 : text[at + 1] switch { 'u' => 4, 'U' => 8, _ => 0 };
        return digits > 0 && at + 2 + digits <= text.Length
            && uint.TryParse(text.Substring(at + 2, digits), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out uint code)
            && code is (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF;
    }

    private TableBuilder Open(TableBuilder root, TableSyntaxBase section)
    {
        (string Name, SourceSpan Source)[] path = Path(section.Name!);
        TableBuilder table = root;
        for (int i = 0; i < path.Length; i++)
        {
            bool last = i == path.Length - 1, append = last && section is TableArraySyntax;
            TableBuilder? next = append ? table.Append(path[i].Name, path[i].Source) : table.Descend(path[i].Name, path[i].Source);
            if (next is null || (last && next.IsSaid))
            {
                string name = NearestName.Shorten(string.Join(".", path.Select(part => part.Name)));
                Error("HEM004", next is null ? $"'{NearestName.Shorten(path[i].Name)}' already has a value and cannot also be a table" : $"the table [{name}] appears twice", path[i].Source);
                return new TableBuilder(path[i].Source);
            }
            table = next;
        }
        table.IsSaid = true;
        return table;
    }

    private void Add(TableBuilder table, KeyValueSyntax pair)
    {
        (string Name, SourceSpan Source)[] path = Path(pair.Key!);
        for (int i = 0; i < path.Length - 1; i++)
        {
            (string name, SourceSpan source) = path[i];
            if (table.Descend(name, source) is not { } next)
            {
                Error("HEM004", $"'{NearestName.Shorten(name)}' already has a value and cannot also be a table", source);
                return;
            }
            table = next;
            table.IsSaid = true;
        }
        (string last, SourceSpan place) = path[path.Length - 1];
        if (!table.TryAdd(last, Value(pair.Value!), place)) Error("HEM004", $"'{NearestName.Shorten(last)}' appears twice", place);
    }

    private object Value(ValueSyntax value)
    {
        SourceSpan source = SourceOf(value);
        switch (value)
        {
            case InlineTableSyntax inline:
                var table = new TableBuilder(source);
                foreach (InlineTableItemSyntax item in inline.Items) Add(table, item.KeyValue!);
                table.IsSaid = table.IsClosed = true;
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
                return new ConfigScalar(new ConfigDate(value.ToString().Trim()), source);
        }
    }

    private (string Name, SourceSpan Source)[] Path(KeySyntax key)
    {
        var path = new List<(string, SourceSpan)> { (Name(key.Key!), SourceOf(key)) };
        foreach (DottedKeyItemSyntax part in key.DotKeys)
        {
            // Stop here, so that code that builds or visits the tree cannot overflow the stack.
            if (path.Count == NestingScan.MostLevels)
            {
                TooDeep(SourceOf(part.Key!));
                break;
            }
            path.Add((Name(part.Key!), SourceOf(part.Key!)));
        }
        return [.. path];
    }

    private static string Name(BareKeyOrStringValueSyntax key) => key switch
    {
        StringValueSyntax text => text.Value ?? "",
        BareKeySyntax bare => bare.Key?.Text ?? "",
        _ => key.ToString().Trim(),
    };

    private static string FirstLine(string text) => text.Trim().Split('\n')[0].Trim();

    private SourceSpan SourceOf(SyntaxNode node) => new(file, node.Span.Start.Line + 1, node.Span.Start.Column + 1);

    private SourceSpan PlaceOf(string text, int at)
    {
        int start = at == 0 ? -1 : text.LastIndexOf('\n', at - 1);
        return new SourceSpan(file, text.Take(at).Count(c => c == '\n') + 1, at - start);
    }

    private void TooDeep(SourceSpan source) => Error("HEM007", $"nested too deeply; at most {NestingScan.MostLevels} levels", source);

    private void Error(string id, string message, SourceSpan source)
    {
        failed = true;
        report(new ConfigDiagnostic(id, true, message, source));
    }
}
