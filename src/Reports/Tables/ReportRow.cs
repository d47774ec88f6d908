
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>A row of results.</summary>
/// <param name="Section">Heading over several rows; empty for none.</param>
/// <param name="Id">Unique within the table.</param>
/// <param name="Labels">Its first columns, as the paper prints them.</param>
/// <param name="OwnLabels">The same for our line: our GFLOPs where the paper gives its own.</param>
/// <param name="Cells">By column id.</param>
/// <param name="Runs">Whose results stand here.</param>
internal sealed record ReportRow(
    string Section, string Id, IReadOnlyList<string> Labels, IReadOnlyList<string> OwnLabels, IReadOnlyDictionary<string, ReportCell> Cells, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>Whether any cell holds a result of ours.</summary>
    public bool HasOurs => Cells.Values.Any(cell => cell.Ours is not null);
}
