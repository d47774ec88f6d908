namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>Reads the transcribed tables: lines "# key: value", a line of headings, then rows. Cells do not contain commas.</summary>
internal static class PaperTableReader
{
    // Every row starts with its section and its id.
    private const int OwnColumns = 2;

    /// <exception cref="InvalidDataException">A row or a column is malformed.</exception>
    public static PaperTable Read(string id, string text)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        ILookup<string, string> about = lines.Where(line => line[0] == '#').Select(line => Pair(line.Substring(1), ":")).ToLookup(pair => pair.Left.Trim(), pair => pair.Right.Trim());
        string[][] table = [.. lines.Where(line => line[0] != '#').Select(line => line.Split(','))];
        string[] heads = table[0], labels = SplitList(about["labels"].Single());
        string flops = about["flops"].FirstOrDefault() ?? "";
        ILookup<string, string[]> aliases = about["alias"].Select(text => Pair(text, " = ")).ToLookup(pair => pair.Left, pair => SplitList(pair.Right));
        int first = OwnColumns + labels.Length + (flops.Length > 0 ? 1 : 0);
        PaperColumn[] columns = [.. heads.Skip(first).Select(head => Column(head, aliases))];
        PaperRow[] rows = [.. table.Skip(1).Select(cells => Row(id, cells, heads.Length, first, columns))];
        return new PaperTable(
            id, about["title"].Single(), about["source"].Single(), about["metric"].Single(), flops.Length > 0 ? [.. labels, flops] : labels, flops, columns, rows,
            [.. about["mean"].Select(text => Pair(text, " = ")).Select(pair => new PaperMean(pair.Left, SplitList(pair.Right)))],
            [.. about["question"].Select(text => Pair(text, " against ")).Select(pair => new PaperQuestion(pair.Left, pair.Right))],
            [.. about["note"]]);
    }

    private static PaperColumn Column(string head, ILookup<string, string[]> aliases)
    {
        string[] parts = head.Split('|');
        return parts.Length == 2 ? new PaperColumn(parts[0], parts[1], []) : new PaperColumn("", head, [.. aliases[head].SelectMany(names => names)]);
    }

    private static PaperRow Row(string id, string[] cells, int width, int first, PaperColumn[] columns) => cells.Length != width
        ? throw new InvalidDataException($"{id}: row '{cells[1]}' has {cells.Length} cells, not {width}.")
        : new PaperRow(cells[0], cells[1], [.. cells.Take(first).Skip(OwnColumns)], columns.Select((column, i) => (column.Id, Text: cells[first + i])).ToDictionary(pair => pair.Id, pair => pair.Text));

    private static string[] SplitList(string text) => text.Split([", "], StringSplitOptions.None);

    private static (string Left, string Right) Pair(string text, string separator)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return (text.Substring(0, at), text.Substring(at + separator.Length));
    }
}
