using System.Globalization;
using System.Text;
using HiEndMae.Reports.Tables;

namespace HiEndMae.Reports.Output;

/// <summary>Writes a report as CSV (RFC 4180) with a line per cell and numbers in percent.</summary>
internal static class CsvWriter
{
    private const string Heading = "experiment,table,row,column,paper,ours,deviation,ci95_low,ci95_high,seeds,difference";

    public static string Write(IReadOnlyList<ReportTable> tables)
    {
        var text = new StringBuilder(Heading).Append('\n');
        foreach (ReportTable table in tables)
        {
            foreach (ReportRow row in table.Rows)
            {
                foreach (ReportColumn column in table.Columns)
                {
                    ReportCell cell = row.Cells[column.Id];
                    if (cell is { Ours: null, Paper: null }) continue;
                    string[] cells = [table.Experiment, table.Paper?.Id ?? "", row.Id, column.Id, cell.Paper is null ? "" : cell.PaperText, Number(cell.Ours?.Mean), Number(cell.Ours?.Deviation),
                        Number(cell.Ours?.Low), Number(cell.Ours?.High), (cell.Ours?.Count ?? 0).ToString(CultureInfo.InvariantCulture), Number(cell.Difference)];
                    text.AppendJoin(',', cells.Select(Quote)).Append('\n');
                }
            }
        }
        return text.ToString();
    }

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    private static string Quote(string text) => text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
