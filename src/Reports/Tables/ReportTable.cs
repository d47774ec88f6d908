using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Records;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Reports.Tables;

/// <summary>A table of a report.</summary>
/// <param name="Experiment">Whose runs it shows.</param>
/// <param name="Paper">The paper's table that it stands beside; null for none.</param>
/// <param name="LabelNames">Headings of the columns that name a row.</param>
/// <param name="Columns">Columns of results.</param>
/// <param name="Rows">Rows from top to bottom.</param>
/// <param name="Comparisons">Answers to what the table is there for.</param>
/// <param name="Missing">What is missing, and why.</param>
/// <param name="Notes">What a reader must know.</param>
internal sealed record ReportTable(
    string Experiment, PaperTable? Paper, IReadOnlyList<string> LabelNames, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportRow> Rows,
    IReadOnlyList<Comparison> Comparisons, IReadOnlyList<string> Missing, IReadOnlyList<string> Notes)
{
    /// <summary>Such as "Table 5 of the paper: mini-table5".</summary>
    public string Heading => Paper is null ? Experiment : $"{Paper.Heading} of the paper: {Experiment}";

    /// <summary>Runs whose results stand in it, each once.</summary>
    public IReadOnlyList<RunRecord> Runs => [.. Rows.SelectMany(row => row.Runs).DistinctBy(run => run.Folder)];

    /// <summary>Whether results stand in columns of their own, beside the paper's.</summary>
    public bool HasStandIns => Paper is not null && Columns.Any(column => column.IsOurs);

    /// <summary>Fewest and most seeds of a cell; null where there is no result.</summary>
    public (int Fewest, int Most)? Seeds()
    {
        int[] counts = [.. Rows.SelectMany(row => row.Cells.Values).Select(cell => cell.Ours?.Count ?? 0).Where(count => count > 0)];
        return counts.Length == 0 ? null : (counts.Min(), counts.Max());
    }
}
