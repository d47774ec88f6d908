using System.Globalization;
using System.Text;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Runs.Analysis;

/// <summary>A table as CSV (RFC 4180). Missing numbers are empty cells.</summary>
internal sealed class CsvText
{
    private readonly StringBuilder text = new();

    public CsvText(params string[] columns) => Append(columns);

    /// <summary>Lines below the heading.</summary>
    public int Lines { get; private set; }

    /// <summary>Adds a line.</summary>
    public void Add(params object?[] cells)
    {
        Append(cells.Select(Cell));
        Lines++;
    }

    /// <summary>Writes the table. The file is written completely or not at all.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, text.ToString());

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private void Append(IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Quote)).Append('\n');

    private static string Cell(object? value) => value switch
    {
        null => "",
        double number => double.IsFinite(number) ? number.ToString("G7", CultureInfo.InvariantCulture) : "",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Quote(string cell) => cell.AsSpan().IndexOfAny(",\"\n\r") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
