using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Records;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Reports.Tables;

/// <summary>A table of a report.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Paper">The corresponding table of the paper, or null.</param>
/// <param name="LabelNames">Headings of the columns that name a row.</param>
/// <param name="Columns">Columns of results.</param>
/// <param name="Rows">Rows from top to bottom.</param>
/// <param name="Comparisons">Comparisons of rows that answer the question of the table.</param>
/// <param name="Missing">Missing results with reasons.</param>
/// <param name="Notes">Notes for the reader.</param>
internal sealed record ReportTable(
    string Experiment, PaperTable? Paper, IReadOnlyList<string> LabelNames, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportRow> Rows,
    IReadOnlyList<Comparison> Comparisons, IReadOnlyList<string> Missing, IReadOnlyList<string> Notes)
{
    /// <summary>Title, such as "Table 5 of the paper: mini-table5".</summary>
    public string Heading => Paper is null ? Experiment : $"{Paper.Heading} of the paper: {Experiment}";

    /// <summary>Runs whose results are in the table, each once.</summary>
    public IReadOnlyList<RunRecord> Runs => [.. Rows.SelectMany(row => row.Runs).DistinctBy(run => run.Folder)];

    /// <summary>Whether our results have separate columns beside the paper's columns.</summary>
    public bool HasStandIns => Paper is not null && Columns.Any(column => column.IsOurs);

    /// <summary>Smallest and largest number of seeds of a cell; null without results.</summary>
    public (int Fewest, int Most)? Seeds()
    {
        int[] counts = [.. Rows.SelectMany(row => row.Cells.Values).Select(cell => cell.Ours?.Count ?? 0).Where(count => count > 0)];
        return counts.Length == 0 ? null : (counts.Min(), counts.Max());
    }
}
