namespace HiEndMae.Host.Reports.Paper;

/// <summary>Reads the transcribed tables: lines "# key: value", a line of headings, then rows; no cell holds a comma.</summary>
internal static class PaperTableReader
{
    // Every row begins with its section and its id.
    private const int OwnColumns = 2;

    /// <exception cref="InvalidDataException">A row or a column is malformed.</exception>
    public static PaperTable Read(string id, string text)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        ILookup<string, string> about = lines.Where(line => line[0] == '#').Select(line => line[1..].Split(':', 2)).ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim());
        string[][] table = [.. lines.Where(line => line[0] != '#').Select(line => line.Split(','))];
        string[] heads = table[0], labels = SplitList(about["labels"].Single());
        string flops = about["flops"].FirstOrDefault() ?? "";
        ILookup<string, string[]> aliases = about["alias"].Select(text => text.Split(" = ")).ToLookup(pair => pair[0], pair => SplitList(pair[1]));
        int first = OwnColumns + labels.Length + (flops.Length > 0 ? 1 : 0);
        PaperColumn[] columns = [.. heads[first..].Select(head => Column(head, aliases))];
        PaperRow[] rows = [.. table[1..].Select(cells => Row(id, cells, heads.Length, first, columns))];
        return new PaperTable(
            id, about["title"].Single(), about["source"].Single(), about["metric"].Single(), flops.Length > 0 ? [.. labels, flops] : labels, flops, columns, rows,
            [.. about["mean"].Select(text => text.Split(" = ")).Select(pair => new PaperMean(pair[0], SplitList(pair[1])))],
            [.. about["question"].Select(text => text.Split(" against ")).Select(pair => new PaperQuestion(pair[0], pair[1]))],
            [.. about["note"]]);
    }

    private static PaperColumn Column(string head, ILookup<string, string[]> aliases)
    {
        string[] parts = head.Split('|');
        return parts.Length == 2 ? new PaperColumn(parts[0], parts[1], []) : new PaperColumn("", head, [.. aliases[head].SelectMany(names => names)]);
    }

    private static PaperRow Row(string id, string[] cells, int width, int first, PaperColumn[] columns) => cells.Length != width
        ? throw new InvalidDataException($"{id}: row '{cells[1]}' has {cells.Length} cells, not {width}.")
        : new PaperRow(cells[0], cells[1], cells[OwnColumns..first], columns.Select((column, i) => (column.Id, Text: cells[first + i])).ToDictionary(pair => pair.Id, pair => pair.Text));

    private static string[] SplitList(string text) => text.Split(", ");
}
