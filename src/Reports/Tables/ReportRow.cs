
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>A row of results.</summary>
/// <param name="Section">Heading over several rows; empty for none.</param>
/// <param name="Id">Identifier, unique within the table.</param>
/// <param name="Labels">Texts of the first columns, as the paper prints them.</param>
/// <param name="OwnLabels">Texts of the first columns on our line, with our GFLOPs.</param>
/// <param name="Cells">Cells by column id.</param>
/// <param name="Runs">Runs whose results are in the row.</param>
internal sealed record ReportRow(
    string Section, string Id, IReadOnlyList<string> Labels, IReadOnlyList<string> OwnLabels, IReadOnlyDictionary<string, ReportCell> Cells, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>Whether any cell has one of our results.</summary>
    public bool HasOurs => Cells.Values.Any(cell => cell.Ours is not null);
}
